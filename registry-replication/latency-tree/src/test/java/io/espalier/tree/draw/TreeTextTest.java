package io.espalier.tree.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.planned.SizeAwarePlanner;
import io.espalier.tree.simulate.Topologies;
import io.espalier.tree.stripe.StripePlanner;
import io.espalier.tree.stripe.StripedPlan;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TreeTextTest {
    @Test
    void treeIsDrawnWithTheFactsOfEachEdge() {
        NetworkBuilder builder = Network.of("m", "a", "b", "c", "d", "lost");
        for (int i = 0; i < 5; i++) {
            builder.bandwidth(i, 10e6, 10e6);
            for (int j = 0; j < i; j++) {
                builder.rttBoth(i, j, 12);
            }
        }
        TreePlan plan = TreePlan.of(
                "planned", builder.build(), 0, new PlanRequest(10_000_000, 1_000_000, 0), new int[] {-1, 0, 0, 1, 3, -1
                });
        assertThat(TreeText.draw(plan, node -> "<" + plan.network().id(node) + ">"))
                .isEqualTo("""
                        <m>  4 nodes in 2.22 s, 2 regions, 0 edges between regions (planned)
                        ├─ <a>  12.0 ms  5.0 MB/s  2.01 s
                        │  ↳ <c>  12.0 ms  5.0 MB/s  2.11 s
                        │  ↳ <d>  12.0 ms  5.0 MB/s  2.22 s
                        └─ <b>  12.0 ms  5.0 MB/s  2.01 s
                        not reached: <lost>
                        """);
    }

    @Test
    void longChainStaysNarrow() {
        TreePlan plan = new SizeAwarePlanner().plan(Topologies.homogeneous(100, 1), 0, PlanRequest.ofBytes(1L << 32));
        String text = TreeText.draw(plan);
        assertThat(text.lines()).hasSize(100);
        assertThat(Arrays.stream(text.split("\n"))
                        .mapToInt(String::length)
                        .max()
                        .orElseThrow())
                .isLessThan(120);
    }

    @Test
    void eachStripeIsDrawnBelowItsName() {
        Network network = Topologies.homogeneous(20, 1);
        PlanRequest request = PlanRequest.ofBytes(10_000_000);
        StripePlanner planner = new StripePlanner(new SizeAwarePlanner());
        assertThat(TreeText.draw(planner.plan(network, 0, request, 2)).lines())
                .hasSize(42)
                .startsWith("Stripe 1 of 2:")
                .contains("Stripe 2 of 2:");
        StripedPlan plain = planner.plan(network, 0, request, 1);
        assertThat(TreeText.draw(plain)).isEqualTo(TreeText.draw(plain.first()));
    }

    @Test
    void nodeAloneIsOneLine() {
        TreePlan plan = new SizeAwarePlanner().plan(Network.of("m").build(), 0, PlanRequest.ofBytes(1));
        assertThat(TreeText.draw(plan))
                .isEqualTo("m  0 nodes in 0.00 s, 1 region, 0 edges between regions (planned)\n");
    }
}
