package io.espalier.tree.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.tree.bound.Bounds;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.planned.SizeAwarePlanner;
import io.espalier.tree.simulate.Simulator;
import io.espalier.tree.simulate.Topologies;
import org.junit.jupiter.api.Test;

class StripePlannerTest {
    private static final PlanRequest GIGABYTE = PlanRequest.ofBytes(1_000_000_001);
    private final StripePlanner planner = new StripePlanner(new SizeAwarePlanner());

    @Test
    void everyNodePassesOnInOneTreeOnlyAndReceivesAllStripes() {
        Network network = Topologies.homogeneous(200, 4);
        StripedPlan plan = planner.plan(network, 0, GIGABYTE, 3);
        assertThat(plan.complete()).isTrue();
        assertThat(plan.trees().stream()
                        .mapToLong(tree -> tree.request().bytes())
                        .sum())
                .isEqualTo(GIGABYTE.bytes());
        for (int node = 1; node < network.size(); node++) {
            int inner = node;
            assertThat(plan.trees().stream().filter(tree -> tree.children(inner).length > 0))
                    .hasSizeLessThanOrEqualTo(1);
        }
        assertThat(plan.treeOf(4)).isSameAs(plan.trees().get(1));
    }

    @Test
    void thousandEqualNodesComeNearTheBoundWhichOneTreeCannot() {
        Network network = Topologies.homogeneous(1000, 2);
        double bound = new Bounds(network, 0, GIGABYTE).fluidSeconds();
        StripedPlan striped = planner.best(network, 0, GIGABYTE, 4);
        assertThat(striped.stripes()).isGreaterThan(1);
        assertThat(striped.completionSeconds() / bound).isBetween(1.0, 1.25);
        assertThat(planner.plan(network, 0, GIGABYTE, 1).completionSeconds() / bound)
                .isGreaterThan(1.25);
    }

    @Test
    void oneTreeStaysWhereStripesGainLittle() {
        assertThat(planner.best(Topologies.mixed(100, 2), 0, GIGABYTE, 4).stripes())
                .isEqualTo(1);
    }

    @Test
    void eachStripeTakesAsLongAsPredicted() {
        StripedPlan plan = planner.plan(Topologies.homogeneous(60, 2), 0, PlanRequest.ofBytes(200_000_000), 2);
        for (TreePlan tree : plan.trees()) {
            assertThat(Simulator.run(tree).completionSeconds() / tree.completionSeconds())
                    .isBetween(0.97, 1.01);
        }
    }

    @Test
    void noStripesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> planner.plan(Network.of("m").build(), 0, GIGABYTE, 0))
                .withMessageContaining("0 stripes");
        assertThat(planner.plan(Network.of("m", "a").rttBoth(0, 1, 1).build(), 0, GIGABYTE, 2)
                        .completionSeconds())
                .isPositive();
    }
}
