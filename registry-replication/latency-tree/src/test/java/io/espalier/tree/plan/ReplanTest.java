package io.espalier.tree.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.planned.SizeAwarePlanner;
import org.junit.jupiter.api.Test;

class ReplanTest {
    private static final PlanRequest REQUEST = PlanRequest.ofBytes(100_000_000);
    private static final int[] STAR = {-1, 0, 0, 0};
    private static final int[] CHAIN = {-1, 0, 1, 2};

    @Test
    void smallGainKeepsTheOldTree() {
        TreePlan old = plan(network(10e6), STAR);
        TreePlan fresh = plan(network(11e6), new int[] {-1, 0, 0, 0});
        Replan.Decision decision = Replan.byDefault().decide(old, fresh);
        assertThat(decision.changed()).isFalse();
        assertThat(decision.plan().parents()).isEqualTo(STAR);
        assertThat(decision.plan().network()).isSameAs(fresh.network());
        assertThat(decision.reason()).contains("more than 15 %");
    }

    @Test
    void bigGainTakesTheNewTree() {
        Replan.Decision decision = Replan.byDefault().decide(plan(network(10e6), STAR), plan(network(10e6), CHAIN));
        assertThat(decision.changed()).isTrue();
        assertThat(decision.plan().parents()).isEqualTo(CHAIN);
        assertThat(new Replan(0.9)
                        .decide(plan(network(10e6), STAR), plan(network(10e6), CHAIN))
                        .changed())
                .isFalse();
    }

    @Test
    void noisyMeasurementsNeverChangeTheTree() {
        TreePlan current = new SizeAwarePlanner().plan(network(10e6).build(), 0, REQUEST);
        int[] first = current.parents();
        for (int i = 0; i < 20; i++) {
            Network noisy = network(10e6 * (1 + 0.03 * (i % 5))).build();
            Replan.Decision decision =
                    Replan.byDefault().decide(current, new SizeAwarePlanner().plan(noisy, 0, REQUEST));
            assertThat(decision.changed()).isFalse();
            current = decision.plan();
        }
        assertThat(current.parents()).isEqualTo(first);
    }

    @Test
    void nodeThatCameOrWentTakesTheNewTree() {
        TreePlan old = plan(network(10e6), STAR);
        NetworkBuilder other = Network.of("m", "a", "b", "z").rttBoth(0, 3, 10);
        Replan.Decision decision = Replan.byDefault().decide(old, plan(other, STAR));
        assertThat(decision.changed()).isTrue();
        assertThat(decision.reason()).contains("others than before");
        TreePlan lost = plan(network(10e6), new int[] {-1, 0, 0, -1});
        assertThat(Replan.byDefault().decide(lost, plan(network(10e6), STAR)).changed())
                .isTrue();
    }

    @Test
    void nodesAreMatchedByNameWhenTheirNumbersChange() {
        TreePlan old = plan(network(10e6), CHAIN);
        NetworkBuilder renumbered = Network.of("m", "c", "b", "a");
        for (int i = 0; i < 4; i++) {
            renumbered.bandwidth(i, 10e6, 10e6);
            for (int j = 0; j < i; j++) {
                renumbered.rttBoth(i, j, 10);
            }
        }
        TreePlan fresh = plan(renumbered, new int[] {-1, 0, 1, 2});
        Replan.Decision decision = Replan.byDefault().decide(old, fresh);
        assertThat(decision.changed()).isFalse();
        // m -> a -> b -> c in the new numbers.
        assertThat(decision.plan().parents()).containsExactly(-1, 2, 3, 0);
    }

    @Test
    void limitThatTheOldTreeBreaksTakesTheNewTree() {
        Replan.Decision decision = Replan.byDefault()
                .decide(plan(network(10e6), STAR), plan(network(10e6).maxChildren(0, 1), CHAIN));
        assertThat(decision.changed()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> new Replan(1));
    }

    private static TreePlan plan(NetworkBuilder builder, int[] parents) {
        return TreePlan.of("test", builder.build(), 0, REQUEST, parents);
    }

    private static NetworkBuilder network(double rate) {
        NetworkBuilder builder = Network.of("m", "a", "b", "c");
        for (int i = 0; i < 4; i++) {
            builder.bandwidth(i, rate, rate);
            for (int j = 0; j < i; j++) {
                builder.rttBoth(i, j, 10);
            }
        }
        return builder;
    }
}
