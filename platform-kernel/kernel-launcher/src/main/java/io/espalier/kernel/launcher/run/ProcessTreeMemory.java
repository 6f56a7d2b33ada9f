package io.espalier.kernel.launcher.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Resident memory of this process and all its descendants, from {@code /proc}; keeps the highest value it has seen. */
final class ProcessTreeMemory {
    private long peak;

    /** Measures now: kibibytes, or 0 where there is no {@code /proc}. */
    long measure() {
        ProcessHandle self = ProcessHandle.current();
        long sum = Stream.concat(Stream.of(self), self.descendants())
                .mapToLong(process -> residentKib(process.pid()))
                .sum();
        peak = Math.max(peak, sum);
        return sum;
    }

    long peak() {
        return peak;
    }

    private static long residentKib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // the process has just ended
        }
    }
}
