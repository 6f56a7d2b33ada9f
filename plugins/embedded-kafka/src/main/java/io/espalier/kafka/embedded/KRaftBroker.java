package io.espalier.kafka.embedded;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * A running Kafka broker in this JVM, in the default mode with the cluster's controller beside it.
 *
 * <p>The data stays in its folder: starting again on the same folder serves the same records. The class is thread-safe.
 * A fatal fault of the broker (for instance a full disk under its controller) halts the JVM, as Kafka does; give it a
 * process of its own, see {@link BrokerMain}, where that matters.
 */
public final class KRaftBroker implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int STACK_LINES = 12;

    private final BrokerSettings settings;
    private final KafkaRaftServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private KRaftBroker(BrokerSettings settings, KafkaRaftServer server) {
        this.settings = settings;
        this.server = server;
    }

    /**
     * Formats the folder if needed, starts the node and returns when it serves clients; takes one to some seconds.
     *
     * @throws BrokerException with a sentence, when the folder cannot be used, a port is taken or the start fails
     */
    public static KRaftBroker start(BrokerSettings settings) {
        BrokerSettings chosen = choosePorts(requireNonNull(settings, "settings is null"));
        requireFree("port", chosen.port());
        if (chosen.isController()) {
            requireFree("controllerPort", chosen.controllerPort());
        }
        BrokerStorage.formatIfNeeded(chosen);
        KafkaRaftServer server = null;
        try {
            KafkaConfig config = KafkaConfig.fromProps(ServerProperties.of(chosen), false);
            server = new KafkaRaftServer(config, Time.SYSTEM);
            server.startup();
            return new KRaftBroker(chosen, server);
        } catch (RuntimeException e) {
            if (server != null) {
                server.shutdown();
            }
            throw new BrokerException(
                    "Tried to start a Kafka broker on " + ServerProperties.bootstrap(chosen.port())
                            + " with its data in " + chosen.dataFolder() + " but got: " + rootCause(e) + ".",
                    e);
        }
    }

    /** The settings it runs with, with the ports that were chosen: starting again with them gives the same address. */
    public BrokerSettings settings() {
        return settings;
    }

    /** The value for the clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return ServerProperties.bootstrap(settings.port());
    }

    /** Stops the node within 20 s, see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(STOP_LIMIT);
    }

    /**
     * Stops the node; the second call does nothing.
     *
     * @throws BrokerException when it has not stopped within {@code limit}; the message shows where it hangs
     */
    public void close(Duration limit) {
        requireNonNull(limit, "limit is null");
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Thread stopper = new Thread(() -> stop(failure), "kafka-broker-stop-" + settings.nodeId());
        stopper.setDaemon(true);
        stopper.start();
        await(stopper, limit);
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw new BrokerException(
                    "Tried to stop the Kafka broker on " + bootstrapServers() + " but got: " + rootCause(failed) + ".",
                    failed);
        }
    }

    private void stop(AtomicReference<@Nullable RuntimeException> failure) {
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private void await(Thread stopper, Duration limit) {
        String tried = "Tried to stop the Kafka broker on " + bootstrapServers();
        try {
            stopper.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException(tried + " but was interrupted; it goes on stopping.", e);
        }
        if (stopper.isAlive()) {
            throw new BrokerException(
                    tried + " but it is still busy after " + limit.toMillis() + " ms, at: " + stackOf(stopper));
        }
    }

    private static String stackOf(Thread thread) {
        return String.join(
                " < ",
                Arrays.stream(thread.getStackTrace())
                        .limit(STACK_LINES)
                        .map(StackTraceElement::toString)
                        .toList());
    }

    private static BrokerSettings choosePorts(BrokerSettings settings) {
        Iterator<Integer> free = LoopbackPorts.free(2).iterator();
        int port = settings.port() == 0 ? free.next() : settings.port();
        int controller = settings.controllerPort() == 0 ? free.next() : settings.controllerPort();
        return settings.withPort(port).asNode(settings.nodeId(), controller);
    }

    private static void requireFree(String name, int port) {
        if (!LoopbackPorts.isFree(port)) {
            throw new BrokerException("Tried to start a Kafka broker but its " + name + " " + port
                    + " of 127.0.0.1 is taken by another program; stop that one or choose another port.");
        }
    }

    private static Throwable rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
