package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.endpoint.Timeouts;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the node's registry every few seconds whether it lets the node in, for the health check; sooner while something is wrong that
 * may pass by itself, but not while the registry refuses the password or asks for a pause. Owns one thread. Thread-safe.
 */
final class RegistryWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5));
    private static final long CLOSE_LIMIT_MS = 2000;
    private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);

    private final RegistryClient client;
    private final BooleanSupplier uneasy;
    private final Runnable looked;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "relay-registry-watch");
    private volatile String problem = "it has not answered yet";
    /** For the thread. Asked more often, a registry locks an account whose password it refuses. */
    private boolean patient;

    private RegistryWatch(RegistryClient client, BooleanSupplier uneasy, Runnable looked) {
        this.client = requireNonNull(client, "client is null");
        this.uneasy = requireNonNull(uneasy, "uneasy is null");
        this.looked = requireNonNull(looked, "looked is null");
    }

    /** The same registry for a client that asks once and does not wait long. */
    static RegistryEndpoint impatient(RegistryEndpoint endpoint) {
        return endpoint.within(SHORT).retrying(RetryPolicy.NEVER);
    }

    /**
     * Makes a watch that does not look yet.
     *
     * @param client closed with the watch
     * @param uneasy whether something goes wrong at the node, so that its registry may be the reason
     * @param looked is called every two seconds, whether or not the registry was asked
     */
    static RegistryWatch of(RegistryClient client, BooleanSupplier uneasy, Runnable looked) {
        return new RegistryWatch(client, uneasy, looked);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            long asked = System.nanoTime() - EVERY.toNanos();
            do {
                long now = System.nanoTime();
                if (now - asked >= EVERY.toNanos() || isSoonDue()) {
                    ask();
                    asked = now;
                }
                looked.run();
            } while (!stop.await(SOON.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("The watch of the registry was interrupted.", e);
        }
    }

    private boolean isSoonDue() {
        return !patient && (!problem.isEmpty() || uneasy.getAsBoolean());
    }

    private void ask() {
        String found = "";
        patient = false;
        try {
            client.ping();
        } catch (RegistryException e) {
            found = String.valueOf(e.getMessage());
            patient = !e.retryable() || e.code() == ErrorCode.RATE_LIMITED;
        } catch (RuntimeException e) {
            found = String.valueOf(e.getMessage());
            patient = true;
        }
        if (!found.equals(problem)) {
            if (found.isEmpty()) {
                LOG.info("The registry {} answers.", client.endpoint().uri());
            } else if (stop.getCount() > 0) {
                LOG.warn("The registry {} cannot be used: {}", client.endpoint().uri(), found);
            }
        }
        problem = found;
    }

    /** Why it cannot be used; empty when it can. */
    String problem() {
        return problem;
    }

    @Override
    public void close() {
        stop.countDown();
        client.close();
        try {
            thread.join(CLOSE_LIMIT_MS);
            if (thread.isAlive()) {
                LOG.warn("The thread relay-registry-watch has not ended within {} ms.", CLOSE_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
