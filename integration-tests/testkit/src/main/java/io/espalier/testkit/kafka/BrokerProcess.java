package io.espalier.testkit.kafka;

import static java.util.Objects.requireNonNull;

import io.espalier.kafka.embedded.BrokerMain;
import io.espalier.kafka.embedded.BrokerSettings;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node in a JVM of its own, which can be killed, frozen and started again on the same data and address.
 *
 * <p>Not thread-safe, except that {@link #bootstrapServers} may be called by any thread.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final List<String> JVM_FLAGS =
            List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xss512k");

    private final BrokerSettings settings;
    private @Nullable ChildProcess process;

    private BrokerProcess(BrokerSettings settings) {
        this.settings = settings;
    }

    /** A node that does not run yet; its ports are chosen here and stay. */
    public static BrokerProcess of(BrokerSettings settings) {
        Iterator<Integer> free = LoopbackPorts.free(2).iterator();
        int port = settings.port() == 0 ? free.next() : settings.port();
        int controller = settings.controllerPort() == 0 ? free.next() : settings.controllerPort();
        return new BrokerProcess(settings.withPort(port).asNode(settings.nodeId(), controller));
    }

    /** Starts the process without waiting until it serves. */
    public void launch() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException(
                    "The broker on " + bootstrapServers() + " runs already; kill or shut it down first");
        }
        process = ProcessPlan.java(BrokerMain.class, JVM_FLAGS, BrokerMain.commandLine(settings))
                .start();
    }

    /** Starts it and waits until it serves clients, 60 s at most. */
    public void start() {
        launch();
        awaitReady();
    }

    /** Waits until it serves clients, 60 s at most. */
    public void awaitReady() {
        process().awaitLine("^" + BrokerMain.READY + " ", START_LIMIT);
    }

    /** Stops it in order (SIGTERM) and waits for its end. */
    public void shutDown() {
        process().term();
        process().awaitExit(STOP_LIMIT);
    }

    /** Ends it as a crash does (SIGKILL). */
    public void kill() {
        process().kill();
    }

    /** Freezes it (SIGSTOP): connections stay open, nothing is answered. */
    public void freeze() {
        process().stop();
    }

    /** Ends a {@link #freeze} (SIGCONT). */
    public void thaw() {
        process().cont();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its process id and output. */
    public ChildProcess process() {
        return requireNonNull(process, "the broker has not been started");
    }

    /** Its settings with the ports it has. */
    public BrokerSettings settings() {
        return settings;
    }

    /** The value for {@code bootstrap.servers}; the same after a restart. */
    public String bootstrapServers() {
        return "127.0.0.1:" + settings.port();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
