package io.espalier.bench.sites;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process of this machine uses, as {@code /proc} tells.
 *
 * @param pid of the process
 */
record ProcessUse(long pid) {
    private static final double CLOCK_TICKS = 100;

    /** Times so far: the process' own, and the machine's idle and whole time summed over its processors. */
    record Snapshot(double userSeconds, double systemSeconds, double idle, double all) {
        double idleShareSince(Snapshot before) {
            return (idle - before.idle) / (all - before.all);
        }
    }

    Snapshot now() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        String machine;
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            machine = lines.findFirst().orElseThrow();
        }
        double[] times = Stream.of(machine.split(" +", -1))
                .skip(1)
                .mapToDouble(Double::parseDouble)
                .toArray();
        double all = 0;
        for (double time : times) {
            all += time;
        }
        return new Snapshot(
                Long.parseLong(fields[11]) / CLOCK_TICKS,
                Long.parseLong(fields[12]) / CLOCK_TICKS,
                times[3] + times[4],
                all);
    }

    /** The most resident memory it ever had, in megabytes. */
    double peakMb() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElseThrow()
                    * 1024
                    / 1e6;
        }
    }
}
