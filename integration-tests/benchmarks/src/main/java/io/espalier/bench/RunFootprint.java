package io.espalier.bench;

import io.espalier.bench.report.Benchmark;
import io.espalier.bench.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code ./run --for 60s} needs on this machine: time until it is ready, and memory of the whole process tree. */
final class RunFootprint implements Benchmark {
    private static final Pattern SUMMARY =
            Pattern.compile("ready after ([0-9.]+) s; peak memory of all processes ([0-9]+) MB");

    private final Path home;

    RunFootprint(Path home) {
        this.home = home;
    }

    @Override
    public Report run() throws Exception {
        Path work = Files.createTempDirectory("espalier-bench");
        List<String> command = List.of(
                home.resolve("bin/espalier").toString(),
                "run",
                "--for",
                "60s",
                "--data",
                work.resolve("data").toString());
        try (MeasuredProcess process = MeasuredProcess.start(command, Map.of(), work.resolve("output"))) {
            int exit = process.awaitExit();
            String output = process.output();
            Matcher summary = SUMMARY.matcher(output);
            if (exit != 0 || !summary.find()) {
                throw new IllegalStateException("The run ended with " + exit + ":\n" + output);
            }
            String closing = output.strip().substring(output.strip().lastIndexOf('\n') + 1);
            return new Report()
                    .atMost("ready_s", Double.parseDouble(summary.group(1)), 10)
                    .atMost("rss_mb", Double.parseDouble(summary.group(2)), 700)
                    .detail("kernel_flags", Files.readAllLines(home.resolve("etc/profiles/streams.jvm")))
                    .detail("closing_line", closing);
        }
    }
}
