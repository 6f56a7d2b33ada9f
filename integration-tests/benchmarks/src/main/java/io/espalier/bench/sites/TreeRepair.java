package io.espalier.bench.sites;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.testkit.replication.RelayCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        try (WorkFolder work = WorkFolder.create();
                Lab lab = Lab.open(TreeMakespan.MAP, TreeMakespan.UPLINK_MBIT);
                RelayCluster cluster = lab.cluster(home, work.path())) {
            Contest contest = new Contest(lab, TreeMakespan.LAYERS);
            cluster.start(Map.of());
            cluster.onMaster("tree:measure --mode ping");
            cluster.onMaster("tree:measure --mode copy --size 4MB");
            calm(contest); // real transfers correct the estimates, and so the tree
            List<Double> calm = new ArrayList<>();
            List<Double> struck = new ArrayList<>();
            List<Double> growth = new ArrayList<>();
            List<Double> twice = new ArrayList<>();
            List<String> strikes = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                Arrival undisturbed = calm(contest);
                long begin = System.currentTimeMillis();
                Strike strike = new Strike(cluster, undisturbed.at(1) / 2);
                Arrival repaired = strike.run(contest);
                calm.add(undisturbed.at(1));
                struck.add(repaired.at(1));
                growth.add(repaired.at(1) - undisturbed.at(1));
                twice.add((into(strike.orphans(), repaired) - into(strike.orphans(), undisturbed))
                        / CHUNK
                        / strike.orphans().size());
                strikes.add(strike.toString());
                System.out.println("calm " + TreeMakespan.summary(undisturbed) + " struck "
                        + TreeMakespan.summary(repaired) + " " + strike + " chunks twice " + twice.get(run));
                cluster.startKernel(strike.victim());
                cluster.awaitConnected();
                // What it missed must not travel while the next undisturbed run is timed.
                lab.awaitArrival(strike.victim(), begin);
            }
            return new Report()
                    .atMost("t100_growth_s", median(growth), 3)
                    .atMost("chunks_twice_per_orphan", median(twice), CHUNKS_IN_FLIGHT)
                    .detail("strikes", strikes)
                    .detail("undisturbed_s", calm)
                    .detail("repaired_s", struck)
                    .detail("growth_s", growth)
                    .detail("chunks_twice", twice);
        }
    }

    private static Arrival calm(Contest contest) throws Exception {
        try (Contest.Pushed image = contest.prepare()) {
            return contest.run(image, TreeMakespan.RECEIVERS, (repository, tag) -> {});
        }
    }

    /** One run in which the node from which most others have the image, directly or not, is killed on the way. */
    private static final class Strike {
        private static final Pattern NODE = Pattern.compile("(?m)^\\s+site-(\\d+) .* from site-(\\d+)$");
        /** The shell's answer takes a second or so, and is wanted shortly before the kill. */
        private static final double LOOK_AHEAD_SECONDS = 2.5;

        private final RelayCluster cluster;
        private final double killAfterSeconds;
        private int victim;
        private int below;
        private List<Integer> orphans = List.of();

        Strike(RelayCluster cluster, double killAfterSeconds) {
            this.cluster = cluster;
            this.killAfterSeconds = killAfterSeconds;
        }

        int victim() {
            return victim;
        }

        List<Integer> orphans() {
            return orphans;
        }

        Arrival run(Contest contest) throws Exception {
            try (Contest.Pushed image = contest.prepare()) {
                return contest.run(image, this::others, this::strike);
            }
        }

        private List<Integer> others() {
            return TreeMakespan.RECEIVERS.stream()
                    .filter(site -> site != victim)
                    .toList();
        }

        private void strike(String repository, String tag) {
            long begin = System.nanoTime();
            waitUntil(begin, killAfterSeconds - LOOK_AHEAD_SECONDS);
            aim(cluster.onMaster("image:status " + repository + ":" + tag));
            waitUntil(begin, killAfterSeconds);
            cluster.killKernel(victim);
        }

        /** Takes the tree from what the nodes themselves report of this transfer. */
        private void aim(String status) {
            int[] parents = new int[TreeMakespan.MAP.count()];
            Matcher node = NODE.matcher(status);
            while (node.find()) {
                parents[Integer.parseInt(node.group(1))] = Integer.parseInt(node.group(2));
            }
            int[] descendants = descendants(parents);
            victim = IntStream.range(1, parents.length)
                    .reduce((a, b) -> descendants[b] > descendants[a] ? b : a)
                    .orElseThrow();
            below = descendants[victim];
            orphans = TreeMakespan.RECEIVERS.stream()
                    .filter(site -> parents[site] == victim)
                    .toList();
            if (orphans.isEmpty()) {
                throw new IllegalStateException(
                        "No node passes the image on, so there is nothing to repair:\n" + status);
            }
        }

        private static void waitUntil(long begin, double seconds) {
            long end = begin + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }

        @Override
        public String toString() {
            return "site " + victim + " killed, parent of " + orphans + ", " + below + " sites below it";
        }
    }

    private static long into(List<Integer> sites, Arrival arrival) {
        return sites.stream()
                .mapToLong(site -> Arrays.stream(arrival.sent())
                        .mapToLong(row -> row[site])
                        .sum())
                .sum();
    }

    private static int[] descendants(int[] parents) {
        int[] descendants = new int[parents.length];
        for (int site = 1; site < parents.length; site++) {
            for (int above = parents[site]; above > 0; above = parents[above]) {
                descendants[above]++;
            }
        }
        return descendants;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
