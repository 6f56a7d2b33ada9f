package io.espalier.tree.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.planned.SizeAwarePlanner;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StripedReplanTest {
    private static final PlanRequest IMAGE = PlanRequest.ofBytes(80_000_000);
    private final StripePlanner planner = new StripePlanner(new SizeAwarePlanner());
    private final StripedReplan replan = new StripedReplan(0.15);

    /** Nine nodes of 50 Mbit/s. */
    private static Network apart(double millis) {
        NetworkBuilder builder =
                Network.of(IntStream.range(0, 9).mapToObj(site -> "s" + site).toArray(String[]::new));
        for (int site = 0; site < 9; site++) {
            builder.bandwidth(site, 6_000_000, 6_000_000);
            for (int other = 0; other < site; other++) {
                builder.rttBoth(site, other, millis);
            }
        }
        return builder.build();
    }

    @Test
    void stripesReplaceOneTreeAtOnceAndGoBackOnlyForTheLeastGain() {
        Network network = apart(600);
        StripedPlan plain = planner.plan(network, 0, IMAGE, 1);
        StripedPlan eight = planner.plan(network, 0, IMAGE, 8);
        assertThat(eight.completionSeconds() / plain.completionSeconds())
                .as("a gain below the least one")
                .isBetween(0.86, 0.95);

        assertThat(replan.decide(plain, eight).changed()).isTrue();
        assertThat(replan.decide(plain, eight).reason())
                .startsWith("8 instead of 1 stripes are predicted to save 11 %");
        assertThat(replan.decide(eight, plain).changed()).isFalse();
        assertThat(replan.decide(eight, plain).plan()).isSameAs(eight);
    }

    @Test
    void treesOfAsManyStripesStayUnlessTheNewOnesAreClearlyFaster() {
        Network network = apart(600);
        StripedPlan two = planner.plan(network, 0, IMAGE, 2);
        StripedPlan four = planner.plan(network, 0, IMAGE, 4);
        StripedPlan three = planner.plan(network, 0, IMAGE, 3);

        assertThat(replan.decide(two, planner.plan(network, 0, IMAGE, 2)).changed())
                .isFalse();
        assertThat(replan.decide(four, two).plan()).isSameAs(four);
        assertThat(replan.decide(three, two).changed())
                .as("three stripes of eight nodes are much slower")
                .isTrue();
    }

    @Test
    void oneTreeIsDecidedAsEver() {
        Network network = apart(5);
        StripedPlan plain = planner.best(network, 0, IMAGE, 4);
        assertThat(plain.stripes()).isEqualTo(1);

        StripedReplan.Decision decision = replan.decide(plain, plain);

        assertThat(decision.changed()).isFalse();
        assertThat(decision.reason()).startsWith("The new tree is predicted to save 0 %");
    }
}
