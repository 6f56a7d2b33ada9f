package io.espalier.bench;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.bench.sites.EmbeddedPull;
import io.espalier.bench.sites.RelayFootprint;
import io.espalier.bench.sites.TreeMakespan;
import io.espalier.bench.sites.TreeRepair;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the benchmarks named, or all; exits with 0 when all of them ran, whatever their verdicts. */
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("espalier.home"));
        Path peers = Path.of(System.getProperty("espalier.bench.peers"));
        Path results = Path.of(System.getProperty("espalier.bench.results"));
        Map<String, Benchmark> all = new LinkedHashMap<>();
        all.put("kernel-start", new KernelStart(home, peers));
        all.put("run-footprint", new RunFootprint(home));
        all.put("tree-plan", new TreePlanning());
        all.put("tree-makespan", new TreeMakespan(home));
        all.put("tree-repair", new TreeRepair(home));
        all.put("relay-footprint", new RelayFootprint(home));
        all.put("embedded-pull", new EmbeddedPull(home));
        List<String> names = args.length == 0 ? List.copyOf(all.keySet()) : Arrays.asList(args);
        for (String name : names) {
            Benchmark benchmark = all.get(name);
            if (benchmark == null) {
                System.err.println(
                        "There is no benchmark '" + name + "'; there are " + String.join(", ", all.keySet()) + ".");
                System.exit(2);
                return;
            }
            Report report = benchmark.run();
            report.writeTo(results.resolve(name + ".json"), name);
            System.out.println(report.verdict(name));
        }
    }
}
