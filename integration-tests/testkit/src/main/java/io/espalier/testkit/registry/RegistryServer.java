package io.espalier.testkit.registry;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Debian's docker-registry 2.8.2 as a child process with its storage in a folder; address and content stay over restarts.
 *
 * <p>A test that uses it is marked {@code @RequiresProgram("docker-registry")}. Methods are for one thread.
 */
public final class RegistryServer implements AutoCloseable {
    private static final String PROGRAM = "docker-registry";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RegistryPlan plan;
    private final Path config;
    private @Nullable ChildProcess process;

    RegistryServer(RegistryPlan plan) {
        this.plan = requireNonNull(plan, "plan is null");
        this.config = plan.folder().resolve("config.yml");
        try {
            Files.createDirectories(storage());
            Files.writeString(config, RegistryConfig.yaml(plan));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to write " + config + ".", e);
        }
    }

    /** A registry in this folder (made if missing) on a free loopback port; see {@link RegistryPlan#start}. */
    public static RegistryPlan in(Path folder) {
        return RegistryPlan.plain(folder);
    }

    /** Its address, as {@code http://127.0.0.1:41234}. */
    public URI uri() {
        return URI.create((plan.authority() == null ? "http" : "https") + "://" + host());
    }

    /** Host and port, as they stand in an image reference. */
    public String host() {
        return plan.host() + ":" + plan.port();
    }

    public int port() {
        return plan.port();
    }

    /** Where it keeps blobs and manifests. */
    public Path storage() {
        return plan.folder().resolve("storage");
    }

    /** Starts it when it does not run, and waits until it listens. */
    public void start() {
        if (process != null && process.isAlive()) {
            return;
        }
        process = program("serve").start();
        process.awaitLine("listening on", LIMIT);
    }

    /** Ends it (SIGTERM). */
    public void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** Ends it (SIGTERM) and starts it again: uploads in progress and the cache of blob descriptors are lost. */
    public void restart() {
        stop();
        start();
    }

    /** Ends it with SIGKILL. */
    public void kill() {
        running().kill();
    }

    /** SIGSTOP: connections stay open, nothing answers. */
    public void freeze() {
        running().stop();
    }

    /** SIGCONT after {@link #freeze}. */
    public void thaw() {
        running().cont();
    }

    /**
     * Deletes all blobs that no manifest needs, as an operator does it while the registry runs.
     *
     * @return what the program printed
     */
    public List<String> garbageCollect() {
        try (ChildProcess collector = program("garbage-collect").start()) {
            int code = collector.awaitExit(LIMIT);
            if (code != 0) {
                throw new AssertionError("Tried to collect garbage but got exit code " + code + ":\n"
                        + String.join("\n", collector.output()));
            }
            return collector.output();
        }
    }

    /** The last lines of its log. */
    public List<String> output() {
        return running().output();
    }

    public long pid() {
        return running().pid();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    private ChildProcess running() {
        if (process == null) {
            throw new IllegalStateException("The registry is stopped; start() it first.");
        }
        return process;
    }

    private ProcessPlan program(String action) {
        List<String> command = new ArrayList<>(plan.prefix());
        command.addAll(List.of(PROGRAM, action, config.toString()));
        return ProcessPlan.command(command).in(plan.folder()).with("OTEL_TRACES_EXPORTER", "none");
    }
}
