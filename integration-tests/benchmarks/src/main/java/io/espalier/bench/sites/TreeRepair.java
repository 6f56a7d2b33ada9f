package io.espalier.bench.sites;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.testkit.replication.RelayCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The sites of {@link TreeMakespan}; the relay with most descendants is killed with SIGKILL when half of the undisturbed time has
 * passed. How much later is the last of the others, and how much came to the orphans twice?
 */
public final class TreeRepair implements Benchmark {
    private static final int RUNS = 3;
    private static final double CHUNK = 256 << 10;
    /** Queued at the sender and at the receiver of one feed, as docs/formats/relay-feed.md bounds them. */
    private static final int CHUNKS_IN_FLIGHT = 6;

    private final Path home;

    public TreeRepair(Path home) {
        this.home = home;
    }

    @Override
    public Report run() throws Exception {
        SiteMap map = TreeMakespan.MAP;
        Path work = Files.createTempDirectory("espalier-bench");
        try (Lab lab = Lab.open(map, TreeMakespan.UPLINK_MBIT);
                RelayCluster cluster = lab.cluster(home, work)) {
            Contest contest = new Contest(lab, TreeMakespan.LAYERS);
            cluster.start(Map.of());
            cluster.onMaster("tree:measure --mode ping");
            cluster.onMaster("tree:measure --mode copy --size 4MB");
            String plan = cluster.onMaster("tree:plan --size 100MB --explain");
            int[] parents = TreeMakespan.parents(plan);
            int victim = mostDescendants(parents);
            List<Integer> others = TreeMakespan.RECEIVERS.stream()
                    .filter(site -> site != victim)
                    .toList();
            List<Integer> orphans = IntStream.range(0, parents.length)
                    .filter(site -> parents[site] == victim)
                    .boxed()
                    .toList();
            List<Double> calm = new ArrayList<>();
            List<Double> struck = new ArrayList<>();
            List<Double> twice = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                Arrival undisturbed = once(contest, others, 0, () -> {});
                calm.add(undisturbed.at(1));
                Arrival repaired = once(contest, others, undisturbed.at(1) / 2, () -> cluster.killKernel(victim));
                struck.add(repaired.at(1));
                twice.add((into(orphans, repaired) - into(orphans, undisturbed)) / CHUNK / orphans.size());
                System.out.println("calm " + TreeMakespan.summary(undisturbed) + " struck "
                        + TreeMakespan.summary(repaired) + " twice " + twice);
                cluster.startKernel(victim);
                cluster.awaitConnected();
            }
            return new Report()
                    .atMost("t100_growth_s", median(struck) - median(calm), 3)
                    .atMost("chunks_twice_per_orphan", median(twice), CHUNKS_IN_FLIGHT)
                    .detail("plan", plan)
                    .detail("victim", victim)
                    .detail("orphans", orphans)
                    .detail("undisturbed_s", calm)
                    .detail("repaired_s", struck)
                    .detail("chunks_twice", twice);
        }
    }

    private static Arrival once(Contest contest, List<Integer> sites, double killAfterSeconds, Runnable fault)
            throws Exception {
        try (Contest.Pushed image = contest.prepare()) {
            return contest.run(image, sites, (repository, tag) -> {
                LockSupport.parkNanos((long) (killAfterSeconds * TimeUnit.SECONDS.toNanos(1)));
                fault.run();
            });
        }
    }

    private static long into(List<Integer> sites, Arrival arrival) {
        return sites.stream()
                .mapToLong(site -> Arrays.stream(arrival.sent())
                        .mapToLong(row -> row[site])
                        .sum())
                .sum();
    }

    private static int mostDescendants(int[] parents) {
        int[] descendants = new int[parents.length];
        for (int site = 1; site < parents.length; site++) {
            for (int above = parents[site]; above > 0; above = parents[above]) {
                descendants[above]++;
            }
        }
        return IntStream.range(1, parents.length)
                .reduce((a, b) -> descendants[b] > descendants[a] ? b : a)
                .orElseThrow();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
