package io.espalier.kernel.felix.health;

import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.runtime.Failures;
import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginEvents;
import io.espalier.kernel.plugin.PluginState;
import io.espalier.kernel.plugin.PluginView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's figures in Prometheus text format 0.0.4, followed by what services of type {@code java.util.function.Supplier}
 * with the property {@code espalier.metrics=prometheus} return.
 */
public final class Metrics implements PluginEvents, Supplier<String> {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private final Instant started;
    private final Supplier<List<PluginView>> plugins;
    private final IntSupplier leaks;
    private final Supplier<List<Object>> contributors;
    private final AtomicLong quarantines = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong deploys = new AtomicLong();
    private final AtomicLong deployMillis = new AtomicLong();

    /**
     * Counts from now on.
     *
     * @param leaks how much of removed plug-ins is alive now
     * @param contributors the services that add text of their own
     */
    public Metrics(
            Instant started,
            Supplier<List<PluginView>> plugins,
            IntSupplier leaks,
            Supplier<List<Object>> contributors) {
        this.started = requireNonNull(started, "started is null");
        this.plugins = requireNonNull(plugins, "plugins is null");
        this.leaks = requireNonNull(leaks, "leaks is null");
        this.contributors = requireNonNull(contributors, "contributors is null");
    }

    @Override
    public void on(PluginEvent event) {
        if (event instanceof PluginEvent.StateChanged change && change.after() instanceof PluginState.Quarantined) {
            quarantines.incrementAndGet();
        } else if (event instanceof PluginEvent.JarRefused) {
            refusals.incrementAndGet();
        } else if (event instanceof PluginEvent.Deployed deployed) {
            deployMillis.set(deployed.took().toMillis());
            deploys.incrementAndGet();
        }
    }

    @Override
    public String get() {
        StringBuilder text = new StringBuilder(2048);
        Runtime runtime = Runtime.getRuntime();
        Duration uptime = Duration.between(started, Instant.now());
        gauge(text, "espalier_uptime_seconds", "Time since the process began.", uptime.toMillis() / 1000.0);
        residentBytes()
                .ifPresent(bytes ->
                        gauge(text, "process_resident_memory_bytes", "Memory of the process.", (double) bytes));
        gauge(text, "espalier_heap_used_bytes", "Heap in use.", (double)
                (runtime.totalMemory() - runtime.freeMemory()));
        gauge(text, "espalier_heap_max_bytes", "Heap at the most.", (double) runtime.maxMemory());
        gauge(
                text,
                "espalier_threads",
                "Live threads.",
                Thread.getAllStackTraces().size());
        header(text, "espalier_plugins", "Plug-ins by state.", "gauge");
        plugins.get().stream()
                .collect(Collectors.groupingBy(plugin -> plugin.state().word(), TreeMap::new, Collectors.counting()))
                .forEach((state, count) -> text.append("espalier_plugins{state=\"" + state + "\"} " + count + "\n"));
        counter(text, "espalier_quarantines_total", "Times a plug-in was quarantined.", quarantines.get());
        counter(text, "espalier_deploys_total", "Dropped jars that became active.", deploys.get());
        counter(text, "espalier_refusals_total", "Jars that were refused.", refusals.get());
        gauge(text, "espalier_leaks", "Things that removed plug-ins left behind.", leaks.getAsInt());
        gauge(text, "espalier_last_deploy_seconds", "Detection to active, latest drop.", deployMillis.get() / 1000.0);
        contributors.get().forEach(contributor -> append(text, contributor));
        return text.toString();
    }

    /** A plug-in that fails here must not hide the others' figures. */
    private static void append(StringBuilder text, Object contributor) {
        try {
            Object more = ((Supplier<?>) contributor).get();
            if (more instanceof String lines && !lines.isEmpty()) {
                text.append(lines).append(lines.endsWith("\n") ? "" : "\n");
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("A plug-in's metrics are left out: {}", Failures.sentence(e));
        }
    }

    private static OptionalLong residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException noSuchSystem) {
            return OptionalLong.empty();
        }
    }

    private static void gauge(StringBuilder text, String name, String help, double value) {
        header(text, name, help, "gauge");
        text.append(name).append(' ').append(number(value)).append('\n');
    }

    private static void counter(StringBuilder text, String name, String help, long value) {
        header(text, name, help, "counter");
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void header(StringBuilder text, String name, String help, String type) {
        text.append("# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n");
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
