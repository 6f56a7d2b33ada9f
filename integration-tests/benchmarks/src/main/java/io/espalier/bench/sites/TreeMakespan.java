package io.espalier.bench.sites;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.testkit.replication.RelayCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An image of 100 MB from the master to eight sites in three regions, round trip 5 ms inside and 80 ms between them, uplinks of
 * 50 Mbit/s: our tree against the bound, skopeo to all, a chain of skopeo, and the greedy tree with store-and-forward. And
 * {@link EqualSites}.
 */
public final class TreeMakespan implements Benchmark {
    static final SiteMap MAP = new SiteMap(9, 3, 5, 80);
    static final int UPLINK_MBIT = 50;
    static final long[] LAYERS = {30_000_000, 25_000_000, 20_000_000, 15_000_000, 8_000_000, 2_000_000};
    static final List<Integer> RECEIVERS =
            IntStream.range(1, MAP.count()).boxed().toList();
    private static final Pattern EDGE = Pattern.compile("site-(\\d+) receives from site-(\\d+)");
    private static final int RUNS = 3;

    private final Path home;

    public TreeMakespan(Path home) {
        this.home = home;
    }

    @Override
    public Report run() throws Exception {
        Report report = regions();
        new EqualSites(home).addTo(report);
        return report;
    }

    private Report regions() throws Exception {
        try (WorkFolder work = WorkFolder.create();
                Lab lab = Lab.open(MAP, UPLINK_MBIT);
                RelayCluster cluster = lab.cluster(home, work.path())) {
            Contest contest = new Contest(lab, LAYERS);
            cluster.start(Map.of());
            cluster.onMaster("tree:measure --mode ping");
            cluster.onMaster("tree:measure --mode copy --size 4MB");
            double goodput = lab.goodput(0, MAP.perRegion(), 40);
            String plan = cluster.onMaster("tree:plan --size 100MB --explain");
            int[] greedy = parents(cluster.onMaster("tree:plan --size 100MB --planner greedy --explain"));
            Report report = new Report().detail("plan", plan).detail("goodput_bytes_s", goodput);
            double[] ours = new double[RUNS];
            List<Arrival> arrivals = new ArrayList<>();
            double bound = 0;
            for (int run = 0; run < RUNS; run++) {
                try (Contest.Pushed image = contest.prepare()) {
                    Arrival arrival = contest.run(image, RECEIVERS, (repository, tag) -> {});
                    ours[run] = arrival.at(1);
                    arrivals.add(arrival);
                    bound = image.bytes() / goodput + MAP.betweenMillis() / 2 / 1000;
                    report.detail("tree_run_" + (run + 1), summary(arrival));
                    System.out.println("tree " + summary(arrival));
                }
            }
            double t100 =
                    Arrays.stream(ours).sorted().skip(RUNS / 2).findFirst().orElseThrow();
            cluster.stopKernels();
            double star = peer(report, contest, "star", new int[MAP.count()]);
            double chain = peer(
                    report,
                    contest,
                    "chain",
                    IntStream.range(0, MAP.count()).map(site -> site - 1).toArray());
            double forward = peer(report, contest, "greedy_store_and_forward", greedy);
            long bytes = Arrays.stream(LAYERS).sum();
            long wan = arrivals.stream()
                    .mapToLong(arrival -> arrival.wanBytes(MAP))
                    .max()
                    .orElseThrow();
            return report.atMost("t100_to_bound", t100 / bound, 1.15)
                    .atLeast("faster_than_star", star / t100, 4)
                    .atMost("wan_to_minimum", wan / ((MAP.regions() - 1.0) * bytes), 1.02)
                    .detail("bound_s", bound)
                    .detail("t100_s", ours)
                    .detail("star_s", star)
                    .detail("chain_s", chain)
                    .detail("greedy_store_and_forward_s", forward);
        }
    }

    private static double peer(Report report, Contest contest, String name, int[] parents) throws Exception {
        parents[0] = -1;
        try (Contest.Pushed image = contest.prepare()) {
            Arrival arrival = contest.run(image, RECEIVERS, contest.storeAndForward(parents));
            report.detail(name, summary(arrival));
            System.out.println(name + " " + summary(arrival));
            return arrival.at(1);
        }
    }

    static Map<String, Object> summary(Arrival arrival) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("t50_s", arrival.at(0.5));
        summary.put("t95_s", arrival.at(0.95));
        summary.put("t100_s", arrival.at(1));
        summary.put("master_bytes", arrival.masterBytes());
        summary.put("wan_bytes", arrival.wanBytes(MAP));
        return summary;
    }

    /** Reads the edges from what {@code tree:plan --explain} says. */
    static int[] parents(String plan) {
        int[] parents = new int[MAP.count()];
        Arrays.fill(parents, -1);
        Matcher edge = EDGE.matcher(plan);
        while (edge.find()) {
            parents[Integer.parseInt(edge.group(1))] = Integer.parseInt(edge.group(2));
        }
        if (Arrays.stream(parents).skip(1).anyMatch(parent -> parent < 0)) {
            throw new IllegalStateException("The plan does not say the parent of every site:\n" + plan);
        }
        return parents;
    }
}
