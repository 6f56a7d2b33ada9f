package io.espalier.tree.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.espalier.tree.greedy.GreedyPlanner;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.Forwarding;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.planned.SizeAwarePlanner;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    private static final PlanRequest REQUEST = PlanRequest.ofBytes(200_000_000);

    @Test
    void planTakesAsLongAsPredictedWithEqualLinks() {
        for (int seed = 1; seed <= 5; seed++) {
            TreePlan plan = new SizeAwarePlanner().plan(Topologies.homogeneous(60, seed), 0, REQUEST);
            Simulation simulation = Simulator.run(plan);
            assertThat(simulation.completionSeconds() / plan.completionSeconds())
                    .isBetween(0.98, 1.01);
            for (int node : plan.order()) {
                assertThat(simulation.seconds(node)).isEqualTo(plan.predictedSeconds(node), within(0.05));
            }
            assertThat(simulation.repeatedChunks() + simulation.lostChunks()).isZero();
        }
    }

    @Test
    void planTakesAboutAsLongAsPredictedWithMixedLinks() {
        for (int seed = 1; seed <= 5; seed++) {
            TreePlan plan = new SizeAwarePlanner().plan(Topologies.mixed(60, seed), 0, REQUEST);
            assertThat(Simulator.run(plan).completionSeconds() / plan.completionSeconds())
                    .isBetween(0.95, 1.01);
        }
    }

    @Test
    void greedyTreeThatStoresBeforeItForwardsTakesAsLongAsPredicted() {
        PlanRequest stored = new PlanRequest(100_000_000, 256 << 10, 0.001, Forwarding.STORE_AND_FORWARD);
        TreePlan plan = new GreedyPlanner().plan(Topologies.homogeneous(40, 4), 0, stored);
        assertThat(Simulator.run(plan).completionSeconds() / plan.completionSeconds())
                .isBetween(0.97, 1.03);
        TreePlan through = new GreedyPlanner().plan(Topologies.homogeneous(40, 4), 0, REQUEST);
        assertThat(Simulator.run(through).completionSeconds() / through.completionSeconds())
                .isBetween(0.97, 1.01);
    }

    @Test
    void childrenOfADeadNodeGoOnFromABackupWithWhatTheyHave() {
        TreePlan plan = new SizeAwarePlanner().plan(Topologies.mixed(60, 2), 0, REQUEST);
        int busiest = Arrays.stream(plan.order())
                .filter(node -> node != 0)
                .boxed()
                .max(Comparator.comparingInt(plan::descendants))
                .orElseThrow();
        double half = plan.completionSeconds() / 2;
        Simulation simulation = Simulator.runWithDeath(plan, busiest, half, 1.5);
        assertThat(simulation.complete()).isEqualTo(59);
        assertThat(simulation.seconds(busiest)).isNaN();
        // Its parent's transmission and one to each of its children.
        assertThat(simulation.lostChunks()).isLessThanOrEqualTo(1 + plan.children(busiest).length);
        assertThat(simulation.repeatedChunks()).isZero();
        assertThat(simulation.completionSeconds()).isGreaterThan(plan.completionSeconds() * 0.9);
    }

    @Test
    void everyInnerNodeMayDie() {
        TreePlan plan = new SizeAwarePlanner().plan(Topologies.homogeneous(30, 9), 0, PlanRequest.ofBytes(50_000_000));
        for (int node : plan.order()) {
            if (node != 0) {
                Simulation simulation = Simulator.runWithDeath(plan, node, 0.1, 0.2);
                assertThat(simulation.complete())
                        .as("after the death of %d", node)
                        .isEqualTo(29);
            }
        }
    }

    @Test
    void slowerLinksOfAnotherNetworkShowInTheSimulation() {
        Network fast =
                Network.of("m", "a").rttBoth(0, 1, 10).bandwidth(0, 10e6, 10e6).build();
        Network slow =
                Network.of("m", "a").rttBoth(0, 1, 10).bandwidth(0, 5e6, 10e6).build();
        TreePlan plan = new SizeAwarePlanner().plan(fast, 0, PlanRequest.ofBytes(100_000_000));
        assertThat(Simulator.run(plan).completionSeconds()).isEqualTo(10.006, within(0.01));
        assertThat(Simulator.run(plan, slow).completionSeconds()).isEqualTo(20.006, within(0.01));
    }

    @Test
    void emptyImageArrivesAfterTheLatency() {
        Network network = Network.of("m", "a").rttBoth(0, 1, 10).build();
        TreePlan plan = new SizeAwarePlanner().plan(network, 0, PlanRequest.ofBytes(0));
        assertThat(Simulator.run(plan).completionSeconds()).isEqualTo(0.006, within(1e-9));
        assertThat(plan.completionSeconds()).isEqualTo(0.006, within(1e-9));
        assertThatIllegalArgumentException().isThrownBy(() -> Simulator.runWithDeath(plan, 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Simulator.runWithDeath(plan, 1, Double.NaN, 1));
    }
}
