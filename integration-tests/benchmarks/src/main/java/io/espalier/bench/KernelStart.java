package io.espalier.bench;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import io.espalier.bench.report.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The bare kernel against Karaf minimal, both started by their own script on warm files, alternating. Ready is
 * {@code /health/ready} with 200 for the kernel and the open ssh port for Karaf; memory is taken one second later. Then what
 * {@link KernelDrop} measures.
 */
final class KernelStart implements Benchmark {
    private static final int RUNS = 7;
    private static final int KERNEL_PORT = 8482;
    private static final int KARAF_SSH = 8101;

    private final Path home;
    private final Path peers;

    KernelStart(Path home, Path peers) {
        this.home = home;
        this.peers = peers;
    }

    @Override
    public Report run() throws Exception {
        Path work = Files.createTempDirectory("espalier-bench");
        Path karaf = karaf();
        Side ours = new Side(
                List.of(
                        home.resolve("bin/espalier").toString(),
                        "start",
                        "--foreground",
                        "--profile",
                        "minimal",
                        "--data",
                        work.resolve("data").toString()),
                () -> Doors.answers200(KERNEL_PORT, "/health/ready"));
        Side theirs =
                new Side(List.of(karaf.resolve("bin/karaf").toString(), "server"), () -> Doors.accepts(KARAF_SSH));
        ours.measure(work, false);
        theirs.measure(work, false);
        for (int run = 0; run < RUNS; run++) {
            ours.measure(work, true);
            theirs.measure(work, true);
        }
        Report report = new Report();
        new KernelDrop(home).addTo(report);
        return report.atMost("wall_ratio", ours.wall.median() / theirs.wall.median(), 0.35)
                .atMost("rss_ratio", ours.rss.median() / theirs.rss.median(), 0.4)
                .detail("kernel_flags", flags())
                .detail("karaf_flags", "as its script sets them")
                .samples("kernel_wall_s", ours.wall)
                .samples("karaf_wall_s", theirs.wall)
                .samples("kernel_rss_mib", ours.rss)
                .samples("karaf_rss_mib", theirs.rss);
    }

    private Path karaf() throws IOException {
        try (Stream<Path> files = Files.list(peers)) {
            return files.filter(path -> path.getFileName().toString().startsWith("apache-karaf-minimal"))
                    .findFirst()
                    .orElseThrow(
                            () -> new IOException("There is no Karaf below " + peers + "; ./bench unpacks it there."));
        }
    }

    private List<String> flags() throws IOException {
        return Files.readAllLines(home.resolve("etc/profiles/minimal.jvm")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    /** One of the two programs and what was measured of it. */
    private static final class Side {
        private final List<String> command;
        private final MeasuredProcess.Condition ready;
        private final Samples wall = new Samples();
        private final Samples rss = new Samples();

        Side(List<String> command, MeasuredProcess.Condition ready) {
            this.command = command;
            this.ready = ready;
        }

        void measure(Path work, boolean keep) throws IOException, InterruptedException {
            if (ready.holds()) {
                throw new IOException("Something answers on the port of " + command.get(0)
                        + " before it was started; stop that first.");
            }
            try (MeasuredProcess process = MeasuredProcess.start(command, Map.of(), work.resolve("output"))) {
                double seconds = process.awaitReady(ready);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                double mib = process.residentMib();
                if (keep) {
                    wall.add(seconds);
                    rss.add(mib);
                }
            }
        }
    }
}
