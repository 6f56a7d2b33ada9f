package io.espalier.bench.sites;

import io.espalier.bench.report.Report;
import io.espalier.testkit.replication.RelayCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The homogeneous case of {@link TreeMakespan}: nine stations that see each other through one geostationary satellite, so that every
 * pair is 600 ms apart; uplinks of 50 Mbit/s; an image of 80 MB. The fastest single tree is a chain: no station sends twice, but the
 * last chunk passes eight hops of 300 ms and a chunk's time. With stripes every station sends in one tree to several others, and the
 * chunk passes four hops or less. Nearer sites or a larger image make the hops small against the time that the uplink needs: then one
 * tree is as good, and the planner keeps it.
 */
final class EqualSites {
    private static final SiteMap MAP = SiteMap.allAsFar(9, 600);
    private static final long[] LAYERS = {24_000_000, 20_000_000, 16_000_000, 12_000_000, 6_000_000, 2_000_000};
    private static final String SIZE = "--size 80MB";
    private static final List<Integer> RECEIVERS =
            IntStream.range(1, MAP.count()).boxed().toList();
    private static final Pattern STRIPES = Pattern.compile("in (\\d+) stripes");
    private static final Pattern PREDICTED = Pattern.compile("after ([0-9.]+) s, as predicted");
    private static final Duration MEASURE_LIMIT = Duration.ofMinutes(8);
    private static final long PLAN_SECONDS = 120;
    private static final int RUNS = 3;

    private final Path home;

    EqualSites(Path home) {
        this.home = home;
    }

    /** Measures stripes first and one tree after them, so that one tree has the warmer virtual machines. */
    void addTo(Report report) throws Exception {
        try (WorkFolder work = WorkFolder.create();
                Lab lab = Lab.open(MAP, TreeMakespan.UPLINK_MBIT);
                RelayCluster cluster = lab.cluster(home, work.path())) {
            cluster.start(Map.of());
            cluster.onMaster("tree:measure --mode ping", MEASURE_LIMIT);
            cluster.onMaster("tree:measure --mode copy --size 16MB", MEASURE_LIMIT);
            double goodput = lab.goodput(0, 1, 40);
            double bound = Arrays.stream(LAYERS).sum() / goodput + MAP.betweenMillis() / 2 / 1000;
            report.detail("hom_goodput_bytes_s", goodput).detail("hom_bound_s", bound);
            Contest contest = new Contest(lab, LAYERS);
            double striped = measure(report, "hom_striped", cluster, contest, stripes -> stripes > 1);
            cluster.controller(Map.of("stripes", 1));
            double one = measure(report, "hom_one_tree", cluster, contest, stripes -> stripes == 1);
            System.out.printf(
                    "equal sites: bound %.2f s, striped %.2f s (%.3f), one tree %.2f s (%.3f)%n",
                    bound, striped, striped / bound, one, one / bound);
            report.atMost("hom_t100_to_bound", striped / bound, 1.15)
                    .atLeast("hom_one_tree_to_bound", one / bound, 1.15);
        }
    }

    /** The median of the runs; the plan is that before them. */
    private static double measure(
            Report report, String name, RelayCluster cluster, Contest contest, IntPredicate wanted) throws Exception {
        String plan = awaitPlan(cluster, wanted);
        Matcher predicted = PREDICTED.matcher(plan);
        report.detail(name + "_plan", plan);
        if (predicted.find()) {
            report.detail(name + "_predicted_s", Double.parseDouble(predicted.group(1)));
        }
        double[] seconds = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
            try (Contest.Pushed image = contest.prepare()) {
                Arrival arrival = contest.run(image, RECEIVERS, (repository, tag) -> {});
                seconds[run] = arrival.at(1);
                System.out.println(name + " " + TreeMakespan.summary(arrival));
            }
        }
        report.detail(name + "_t100_s", seconds);
        return Arrays.stream(seconds).sorted().skip(RUNS / 2).findFirst().orElseThrow();
    }

    /** The plan in force, once it has such a number of stripes; a changed setting restarts the controller. */
    private static String awaitPlan(RelayCluster cluster, IntPredicate wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PLAN_SECONDS);
        while (true) {
            cluster.awaitConnected();
            String plan = cluster.home(0).exec("tree:show " + SIZE).text();
            Matcher stripes = STRIPES.matcher(plan);
            int number = stripes.find() ? Integer.parseInt(stripes.group(1)) : 1;
            if (PREDICTED.matcher(plan).find() && wanted.test(number)) {
                return plan;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The plan has another number of stripes than is wanted:\n" + plan);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }
}
