package io.espalier.bench;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.bench.report.Samples;
import io.espalier.tree.bound.Bounds;
import io.espalier.tree.network.Coordinates;
import io.espalier.tree.network.NeighbourSampling;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.CompletionModel;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.planned.SizeAwarePlanner;
import io.espalier.tree.simulate.Topologies;
import io.espalier.tree.stripe.StripePlanner;
import io.espalier.tree.stripe.StripedPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How long a plan takes to make, and how near its predicted time comes to the fluid bound: 1 GB to 100, 1,000 and 10,000 nodes
 * in 20 regions, equal and mixed uplinks, 20 seeds each; the worst of them counts.
 */
final class TreePlanning implements Benchmark {
    private static final int SEEDS = 20;
    private static final int[] SIZES = {100, 1_000, 10_000};
    private static final double GOAL = 1.25;
    private static final int MOST_STRIPES = 4;
    private static final PlanRequest GIGABYTE = PlanRequest.ofBytes(1_000_000_000L);

    private final SizeAwarePlanner planner = new SizeAwarePlanner();

    @Override
    public Report run() {
        Report report = new Report();
        speed(report, 100, 20, 400, 200);
        speed(report, 10_000, 1000, 10, 20);
        for (int size : SIZES) {
            ratios(report, "hom", size);
            ratios(report, "mixed", size);
        }
        for (int size : SIZES) {
            report.detail("hom_" + size + "_no_tree_is_below", floor(topology("hom", size, 1)));
        }
        learnt(report, 1_000);
        return report.detail("request", GIGABYTE.toString())
                .detail("ratio", "predicted seconds / fluid bound without latency, worst of " + SEEDS + " seeds");
    }

    private void speed(Report report, int size, double goalMillis, int warmUp, int runs) {
        Samples samples = new Samples();
        for (int run = 0; run < warmUp + runs; run++) {
            Network network = topology(run % 2 == 0 ? "hom" : "mixed", size, 1 + run % SEEDS);
            long start = System.nanoTime();
            TreePlan plan = planner.plan(network, 0, GIGABYTE);
            double millis = (System.nanoTime() - start) / 1e6;
            check(plan.unreachable().length == 0, "A plan of " + size + " nodes misses some.");
            if (run >= warmUp) {
                samples.add(millis);
            }
        }
        report.atMost("plan_" + size + "_ms", samples.median(), goalMillis).samples("plan_" + size + "_ms", samples);
    }

    private void ratios(Report report, String kind, int size) {
        Samples tree = new Samples();
        Samples striped = new Samples();
        Samples crossings = new Samples();
        Map<Integer, Integer> stripes = new LinkedHashMap<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Network network = topology(kind, size, seed);
            double bound = new Bounds(network, 0, GIGABYTE).fluidSeconds();
            TreePlan plan = planner.plan(network, 0, GIGABYTE);
            tree.add(plan.completionSeconds() / bound);
            crossings.add(
                    plan.edgesBetweenRegions() / Math.max(1.0, plan.regions().count() - 1));
            StripedPlan best = new StripePlanner(planner).best(network, 0, GIGABYTE, MOST_STRIPES);
            check(best.complete(), "A striped plan of " + size + " nodes misses some.");
            striped.add(best.completionSeconds() / bound);
            stripes.merge(best.stripes(), 1, Integer::sum);
        }
        String name = kind + "_" + size;
        report.atMost(name + "_tree", tree.max(), GOAL)
                .atMost(name + "_striped", striped.max(), GOAL)
                .samples(name + "_tree", tree)
                .samples(name + "_striped", striped)
                .samples(name + "_edges_between_regions_per_region", crossings)
                .detail(name + "_stripes_chosen", stripes);
    }

    /**
     * What no single tree over equal links can beat, as a ratio: either every node has one child, then the first chunk passes all
     * nodes one after the other, or some node sends the image twice through one uplink.
     */
    private static double floor(Network network) {
        double uplink = network.uplink(0);
        double once = GIGABYTE.bytes() / uplink;
        double hops = (network.size() - 1) * (GIGABYTE.chunkBytes() / uplink + GIGABYTE.hopSeconds());
        return Math.min(2 * once, once + hops) / once;
    }

    /** What it costs that coordinates learnt from 32 noisy samples stand for the pairs that nobody measured. */
    private void learnt(Report report, int size) {
        Samples ratio = new Samples();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Network truth = topology("mixed", size, seed);
            TreePlan plan = planner.plan(learntFrom(truth, seed), 0, GIGABYTE);
            double real = new CompletionModel(truth, GIGABYTE)
                    .predict(0, plan.parents())
                    .completion();
            ratio.add(real / new Bounds(truth, 0, GIGABYTE).fluidSeconds());
        }
        report.samples("mixed_" + size + "_tree_from_learnt_coordinates", ratio);
    }

    private static Network learntFrom(Network truth, long seed) {
        NetworkBuilder builder =
                Network.of(IntStream.range(0, truth.size()).mapToObj(truth::id).toArray(String[]::new));
        NeighbourSampling sampling = new NeighbourSampling(truth.size(), seed);
        for (int node = 0; node < truth.size(); node++) {
            builder.bandwidth(node, truth.uplink(node), truth.downlink(node));
            for (int peer : sampling.peers(node)) {
                builder.rtt(node, peer, truth.expectedRttMillis(node, peer) * (1 + 0.05 * ((node * 7 + peer) % 5)));
            }
        }
        return builder.coordinates(Coordinates.fitted(builder.build(), 50)).build();
    }

    private static Network topology(String kind, int size, long seed) {
        return kind.equals("hom") ? Topologies.homogeneous(size, seed) : Topologies.mixed(size, seed);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
