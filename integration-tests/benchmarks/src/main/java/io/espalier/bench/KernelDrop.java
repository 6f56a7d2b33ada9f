package io.espalier.bench;

import io.espalier.bench.osgi.SampleActivator;
import io.espalier.bench.report.Report;
import io.espalier.bench.report.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A small bundle dropped into a running kernel, {@value #CYCLES} times: how long from its detection in the drop folder to
 * ACTIVE, as the kernel measures it, and what is left of the removed ones.
 */
final class KernelDrop {
    private static final int CYCLES = 200;
    private static final int WARM_UP = 20;
    private static final int PORT = 8482;

    private final Path home;

    KernelDrop(Path home) {
        this.home = home;
    }

    /** Measures, and adds figures and samples. */
    void addTo(Report report) throws Exception {
        Path work = Files.createTempDirectory("espalier-bench");
        String espalier = home.resolve("bin/espalier").toString();
        String data = work.resolve("data").toString();
        List<String> command = List.of(espalier, "start", "--foreground", "--profile", "minimal", "--data", data);
        Samples millis = new Samples();
        double leaks;
        try (MeasuredProcess kernel = MeasuredProcess.start(command, Map.of(), work.resolve("output"))) {
            kernel.awaitReady(() -> Doors.answers200(PORT, "/health/ready"));
            for (int cycle = 1; cycle <= CYCLES; cycle++) {
                cycle(cycle);
                if (cycle > WARM_UP) {
                    millis.add(1_000 * metric("espalier_last_deploy_seconds"));
                }
            }
            // The command looks at once, with a forced collection; the gauge then tells what it found.
            List<String> look = List.of(espalier, "exec", "plugin:leaks", "--data", data);
            try (MeasuredProcess client = MeasuredProcess.start(look, Map.of(), work.resolve("leaks"))) {
                client.awaitExit();
                leaks = metric("espalier_leaks");
            }
        }
        report.atMost("detected_to_active_ms", millis.median(), 25)
                .atMost("left_behind", leaks, 0)
                .detail("drop_cycles", CYCLES)
                .detail("drop_warm_up", WARM_UP)
                .detail("leaks_command", Files.readString(work.resolve("leaks")))
                .samples("detected_to_active_ms", millis);
    }

    /** Drops the bundle with an atomic rename, waits until it is active, deletes it, waits until it is gone. */
    private void cycle(int cycle) throws IOException {
        Path jar = home.resolve("deploy/bench-sample.jar");
        Files.move(bundle(), jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await("espalier_deploys_total", cycle);
        Files.delete(jar);
        await("espalier_plugins{state=\"ACTIVE\"}", 0);
    }

    private Path bundle() throws IOException {
        Path file = home.resolve("deploy/.bench-sample.jar.new");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "io.espalier.bench.sample");
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Bundle-Activator", SampleActivator.class.getName());
        main.putValue("Import-Package", "org.osgi.framework");
        String entry = SampleActivator.class.getName().replace('.', '/') + ".class";
        try (InputStream code = SampleActivator.class.getClassLoader().getResourceAsStream(entry);
                OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            if (code == null) {
                throw new IOException("The class " + entry + " is not on the class path.");
            }
            jar.putNextEntry(new JarEntry(entry));
            code.transferTo(jar);
            jar.closeEntry();
        }
        return file;
    }

    private static void await(String name, double value) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (metric(name) != value) {
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        "The metric " + name + " was " + metric(name) + " and not " + value + " after 30 s.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** The value of a metric of the kernel; one that is not there counts as 0. */
    private static double metric(String name) throws IOException {
        return Doors.body(PORT, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
