package io.espalier.tree.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.espalier.tree.bound.Bounds;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.planned.SizeAwarePlanner;
import io.espalier.tree.simulate.Simulator;
import io.espalier.tree.simulate.Topologies;
import java.util.List;
import java.util.stream.IntStream;
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
        assertThat(plan.reached()).isEqualTo(199);
        assertThat(plan.edges()).isEqualTo(3 * 199);
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
    void nineFarSitesGetStripesAndArriveAsPredicted() {
        Network far = farApart(9);
        PlanRequest image = PlanRequest.ofBytes(80_000_000);
        StripedPlan striped = planner.best(far, 0, image, 8);
        StripedPlan plain = planner.plan(far, 0, image, 1);
        double bound = new Bounds(far, 0, image).seconds();

        assertThat(striped.stripes()).isGreaterThan(1);
        assertThat(striped.boundSeconds()).isEqualTo(bound);
        assertThat(plain.completionSeconds() / bound).isGreaterThan(1.15);
        assertThat(striped.completionSeconds() / bound).isBetween(1.0, 1.1);
        assertThat(striped.bytesBetweenRegions()).isLessThanOrEqualTo(plain.bytesBetweenRegions());
        double slowest = striped.trees().stream()
                .mapToDouble(tree -> Simulator.run(tree).completionSeconds())
                .max()
                .orElseThrow();
        assertThat(slowest / striped.completionSeconds()).isBetween(0.97, 1.03);
        assertThat(planner.best(far, 0, image, 1).stripes()).isEqualTo(1);
    }

    @Test
    void noNodeHasMoreChildrenInAllTreesTogetherThanItMay() {
        PlanRequest image = PlanRequest.ofBytes(80_000_000);
        Network far = farApartBuilder(9).maxChildren(0, 1).build();
        assertThat(planner.plan(far, 0, image, 8).fits())
                .as("the root sends to another node in each of eight trees")
                .isFalse();
        assertThat(planner.best(farApart(9), 0, image, 8).stripes()).isEqualTo(8);

        StripedPlan best = planner.best(far, 0, image, 8);

        assertThat(best.stripes()).isEqualTo(1);
        assertThat(best.children(0)).isEqualTo(1);
        assertThat(best.complete()).isTrue();
    }

    @Test
    void aLittleTimeBuysNoBytesBetweenRegions() {
        Network network = Topologies.homogeneous(30, 1);
        PlanRequest image = PlanRequest.ofBytes(100_000_000);
        StripedPlan plain = planner.plan(network, 0, image, 1);
        StripedPlan two = planner.plan(network, 0, image, 2);
        assertThat(two.completionSeconds()).isLessThan(0.95 * plain.completionSeconds());
        assertThat(two.bytesBetweenRegions()).isGreaterThan(plain.bytesBetweenRegions());

        assertThat(planner.best(network, 0, image, 4).stripes()).isEqualTo(1);
    }

    @Test
    void aPlanIsBroughtBackByItsParentsWithTheSameTimes() {
        Network far = farApart(9);
        StripedPlan plan = planner.plan(far, 0, PlanRequest.ofBytes(80_000_000), 2);

        StripedPlan back = StripedPlan.of(
                plan.planner(),
                far,
                0,
                plan.request(),
                plan.trees().stream().map(TreePlan::parents).toList(),
                plan.trees().stream().map(TreePlan::sequence).toList(),
                plan.first().regions());

        assertThat(back.completionSeconds()).isEqualTo(plan.completionSeconds());
        assertThat(back.forRequest(PlanRequest.ofBytes(160_000_000)).completionSeconds())
                .isGreaterThan(1.8 * plan.completionSeconds());
        assertThat(back.explainAll()).hasSize(20).startsWith("Stripe 1 of 2:").contains("Stripe 2 of 2:");
    }

    @Test
    void aNodeThatPassesOnInTwoTreesIsRefused() {
        Network far = farApart(3);
        int[] chain = {-1, 0, 1};
        int[] sequence = {0, 1, 2};

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StripedPlan.of(
                        "planned",
                        far,
                        0,
                        GIGABYTE,
                        List.of(chain, chain),
                        List.of(sequence, sequence),
                        Regions.of(far)))
                .withMessageContaining("s1 passes on in two trees");
    }

    /** All pairs 600 ms apart, 50 Mbit/s up and down. */
    private static Network farApart(int sites) {
        return farApartBuilder(sites).build();
    }

    private static NetworkBuilder farApartBuilder(int sites) {
        NetworkBuilder builder = Network.of(
                IntStream.range(0, sites).mapToObj(site -> "s" + site).toArray(String[]::new));
        for (int site = 0; site < sites; site++) {
            builder.bandwidth(site, 6_000_000, 6_000_000);
            for (int other = 0; other < site; other++) {
                builder.rttBoth(site, other, 600);
            }
        }
        return builder;
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
