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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The homogeneous case of {@link TreeMakespan}: nine stations that see each other over a geostationary satellite and its hub station,
 * as satellite networks with small antennas do, so that every pair is 1.2 s apart (four times 36,000 km there and back); uplinks of
 * 50 Mbit/s; an image of 165 MB. The fastest single tree is a chain: no station sends twice, but the last chunk passes eight hops of
 * 0.6 s and a chunk's time. With stripes every station sends in one tree to several others, and the last chunk passes three or four
 * hops. Nearer sites make the hops small against the time that the uplink needs, and a larger image, too: then one tree is as good,
 * and the planner keeps it.
 */
final class EqualSites {
    private static final SiteMap MAP = SiteMap.allAsFar(9, 1200);
    private static final long[] LAYERS = {50_000_000, 40_000_000, 32_000_000, 24_000_000, 15_000_000, 4_000_000};
    private static final String SIZE = "--size 165MB";
    private static final List<Integer> RECEIVERS =
            IntStream.range(1, MAP.count()).boxed().toList();
    private static final Pattern STRIPES = Pattern.compile("in (\\d+) stripes");
    private static final Pattern PREDICTED = Pattern.compile("after ([0-9.]+) s, as predicted");
    private static final Duration MEASURE_LIMIT = Duration.ofMinutes(8);
    private static final Duration PLAN_LIMIT = Duration.ofMinutes(6);
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
            // Nodes that join ping each other; that takes minutes over such links.
            awaitPlan(cluster, plan -> !plan.contains("~") && !plan.contains("unknown"));
            cluster.onMaster("tree:measure --mode copy --size 8MB", MEASURE_LIMIT);
            double goodput = lab.goodput(0, 1, 40);
            double bound = Arrays.stream(LAYERS).sum() / goodput + MAP.betweenMillis() / 2 / 1000;
            report.detail("hom_goodput_bytes_s", goodput).detail("hom_bound_s", bound);
            Contest contest = new Contest(lab, LAYERS);
            double striped = measure(report, "hom_striped", cluster, contest, plan -> stripes(plan) > 1);
            cluster.controller(Map.of("stripes", 1));
            double one = measure(report, "hom_one_tree", cluster, contest, plan -> stripes(plan) == 1);
            System.out.printf(
                    "equal sites: bound %.2f s, striped %.2f s (%.3f), one tree %.2f s (%.3f)%n",
                    bound, striped, striped / bound, one, one / bound);
            report.atMost("hom_t100_to_bound", striped / bound, 1.15)
                    .atLeast("hom_one_tree_to_bound", one / bound, 1.15);
        }
    }

    /** The median of the runs after one that opens the feeds and does not count; the plan is that before them. */
    private static double measure(
            Report report, String name, RelayCluster cluster, Contest contest, Predicate<String> wanted)
            throws Exception {
        String plan = awaitPlan(cluster, wanted);
        Matcher predicted = PREDICTED.matcher(plan);
        report.detail(name + "_plan", plan);
        if (predicted.find()) {
            report.detail(name + "_predicted_s", Double.parseDouble(predicted.group(1)));
        }
        report.detail(name + "_first_run_s", run(name + "_first_run", contest));
        double[] seconds = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
            seconds[run] = run(name, contest);
        }
        report.detail(name + "_t100_s", seconds);
        return Arrays.stream(seconds).sorted().skip(RUNS / 2).findFirst().orElseThrow();
    }

    private static double run(String name, Contest contest) throws Exception {
        try (Contest.Pushed image = contest.prepare()) {
            Arrival arrival = contest.run(image, RECEIVERS, (repository, tag) -> {});
            System.out.println(name + " " + TreeMakespan.summary(arrival));
            return arrival.at(1);
        }
    }

    /** The plan in force, once it is as wanted; a changed setting restarts the controller. */
    private static String awaitPlan(RelayCluster cluster, Predicate<String> wanted) {
        long deadline = System.nanoTime() + PLAN_LIMIT.toNanos();
        while (true) {
            cluster.awaitConnected();
            String plan = cluster.home(0).exec("tree:show " + SIZE).text();
            if (PREDICTED.matcher(plan).find() && wanted.test(plan)) {
                return plan;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The plan is not as wanted within " + PLAN_LIMIT + ":\n" + plan);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    private static int stripes(String plan) {
        Matcher stripes = STRIPES.matcher(plan);
        return stripes.find() ? Integer.parseInt(stripes.group(1)) : 1;
    }
}
