package io.espalier.collector.rig;

import com.sun.management.OperatingSystemMXBean;
import io.espalier.collector.settings.SendSettings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures one stream against the gateway's double in the same process: arguments line length and number of lines. Prints
 * lines and megabytes a second and the processor time, the double's included.
 */
public final class Throughput {
    private static final int ROUNDS = 5;

    private Throughput() {}

    public static void main(String[] arguments) throws Exception {
        int length = Integer.parseInt(arguments[0]);
        long lines = Long.parseLong(arguments[1]);
        Path folder = Files.createTempDirectory("collector-throughput");
        Path log = folder.resolve("app.log");
        write(log, length, lines);
        for (int round = 0; round < ROUNDS; round++) {
            measure(folder.resolve("data" + round), log, length, lines);
        }
        Files.delete(log);
    }

    private static void write(Path log, int length, long lines) throws IOException {
        String line = "x".repeat(length - 1) + "\n";
        try (BufferedWriter writer = Files.newBufferedWriter(log)) {
            for (long i = 0; i < lines; i++) {
                writer.write(line);
            }
        }
    }

    private static void measure(Path data, Path log, int length, long lines) {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (GatewayDouble gateway = new GatewayDouble()) {
            gateway.countOnly();
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            try (CollectorRig rig = CollectorRig.on(gateway.uri(), data, "demo.app.log=" + log)
                    .with(SendSettings.DEFAULT)
                    .start()) {
                while (gateway.records() < lines) {
                    LockSupport.parkNanos(1_000_000);
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
                System.out.printf(
                        "length=%d lines/s=%.0f MB/s=%.1f cpu=%.2f cores reports=%d sources=%d%n",
                        length,
                        lines / seconds,
                        lines * length / seconds / 1e6,
                        cpuSeconds / seconds,
                        gateway.requests(),
                        rig.collector().sources().size());
            }
        }
    }
}
