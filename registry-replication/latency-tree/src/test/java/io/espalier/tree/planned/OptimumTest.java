package io.espalier.tree.planned;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.Forwarding;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The planner searches by heuristics only; here it is held against all trees that there are. */
class OptimumTest {
    private static final double NEAR = 1.05;

    @Property(tries = 1500, seed = "20261122", shrinking = ShrinkingMode.OFF)
    void upToFiveReceiversTheTreeIsNearTheBestOfAll(
            @ForAll @IntRange(min = 2, max = 6) int size,
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed,
            @ForAll @LongRange(min = 1, max = 2_000_000_000) long bytes) {
        Network network = RandomNetworks.allPairs(size, seed);
        PlanRequest request = PlanRequest.ofBytes(bytes);
        TreePlan plan = new SizeAwarePlanner().plan(network, 0, request);
        assertThat(plan.unreachable()).isEmpty();
        assertThat(plan.completionSeconds() / BruteForce.leastSeconds(network, 0, request))
                .isBetween(1 - 1e-9, NEAR);
    }

    @Property(tries = 300, seed = "20261123", shrinking = ShrinkingMode.OFF)
    void theSameHoldsWhenNodesStoreBeforeTheyForward(
            @ForAll @IntRange(min = 2, max = 6) int size, @ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Network network = RandomNetworks.allPairs(size, seed);
        PlanRequest request = new PlanRequest(100_000_000, 256 << 10, 0.001, Forwarding.STORE_AND_FORWARD);
        TreePlan plan = new SizeAwarePlanner().plan(network, 0, request);
        assertThat(plan.completionSeconds() / BruteForce.leastSeconds(network, 0, request))
                .isBetween(1 - 1e-9, NEAR);
    }

    @Test
    void sevenReceiversInThreePlacesAreNearTheBestOfAll() {
        for (long bytes : new long[] {50_000, 5_000_000, 100_000_000, 5_000_000_000L}) {
            PlanRequest request = PlanRequest.ofBytes(bytes);
            double best = BruteForce.leastSeconds(eight(), 0, request);
            assertThat(new SizeAwarePlanner().plan(eight(), 0, request).completionSeconds() / best)
                    .as("%d bytes", bytes)
                    .isBetween(1 - 1e-9, NEAR);
        }
    }

    private static Network eight() {
        double[] uplinks = {125e6, 12.5e6, 2.5e6, 62.5e6, 12.5e6, 6.25e6, 25e6, 2.5e6};
        int[] place = {0, 0, 0, 40, 40, 40, 95, 95};
        NetworkBuilder builder = Network.of("m", "a", "b", "c", "d", "e", "f", "g");
        for (int i = 0; i < 8; i++) {
            builder.bandwidth(i, uplinks[i], 50e6);
            for (int j = 0; j < i; j++) {
                builder.rttBoth(i, j, 2 + Math.abs(place[i] - place[j]) + (i * 3 + j) % 4);
            }
        }
        return builder.build();
    }
}
