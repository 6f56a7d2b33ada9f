package io.espalier.kernel.felix.shell;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands {@code kernel:stop} and {@code kernel:info}. */
public final class KernelCommands {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCommands.class);

    private final Bundle framework;
    private final Supplier<Map<String, String>> facts;
    private final ThreadFactory threads;

    public KernelCommands(Bundle framework, Supplier<Map<String, String>> facts, ThreadFactory threads) {
        this.framework = requireNonNull(framework, "framework is null");
        this.facts = requireNonNull(facts, "facts is null");
        this.threads = requireNonNull(threads, "threads is null");
    }

    /** Stops everything in order; the program ends then. */
    public String stop() {
        // The command's own session is closed on the way, so another thread has to do it.
        threads.newThread(this::stopFramework).start();
        return "The kernel stops.";
    }

    /** What is running, since when, where. */
    public String info() {
        Table table = new Table("FACT", "VALUE");
        facts.get().forEach(table::row);
        return table.toString();
    }

    private void stopFramework() {
        try {
            LOG.info("The kernel stops because of the command kernel:stop.");
            framework.stop();
        } catch (BundleException e) {
            LOG.error("Stopping the framework failed.", e);
        }
    }
}
