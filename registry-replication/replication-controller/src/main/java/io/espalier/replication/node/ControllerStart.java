package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a controller, if need be later: while its database does not answer, or the file of its certificate authority cannot be
 * used, it is tried again every two seconds on a thread of its own. Owns the controller. Thread-safe.
 */
public final class ControllerStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerStart.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final ControllerSettings settings;
    private final Clock clock;
    private final Consumer<ControllerNode> started;
    private @Nullable ControllerNode node;
    private @Nullable Thread thread;
    private String waits = "The controller has not started yet.";
    private boolean closed;
    /** For the thread that attempts. */
    private boolean mayMakeAuthority = true;

    private ControllerStart(ControllerSettings settings, Clock clock, Consumer<ControllerNode> started) {
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.started = requireNonNull(started, "started is null");
    }

    /**
     * Starts it at once if the database answers and the authority can be used.
     *
     * @param started told once, on the caller's thread or later on another one
     * @throws ControllerException with a sentence when it cannot start for another reason
     */
    public static ControllerStart begin(ControllerSettings settings, Clock clock, Consumer<ControllerNode> started)
            throws ControllerException {
        ControllerStart start = new ControllerStart(settings, clock, started);
        try {
            start.attempt();
        } catch (ControllerException refused) {
            if (!refused.mayHeal()) {
                throw refused;
            }
            start.waitFor(refused);
        }
        return start;
    }

    private void attempt() throws ControllerException {
        ControllerNode opened = open();
        synchronized (this) {
            if (!closed) {
                node = opened;
                waits = "";
            }
        }
        if (node == opened) {
            started.accept(opened);
        } else {
            opened.close();
        }
    }

    /** One that was there is never replaced by a new one: who mends its file may just have moved it away. */
    private ControllerNode open() throws ControllerException {
        boolean mayMake = mayMakeAuthority;
        mayMakeAuthority = false;
        try {
            return ControllerNode.start(settings, clock, mayMake);
        } catch (ControllerException refused) {
            mayMakeAuthority = mayMake && refused.isFirstAuthorityMissing();
            throw refused;
        }
    }

    private void waitFor(ControllerException refused) {
        Thread trying = new Thread(this::tryAgain, "replication-controller-start");
        trying.setDaemon(true);
        synchronized (this) {
            waits = sentence(refused);
            thread = trying;
        }
        LOG.warn("{} It is tried again every {} s.", sentence(refused), AGAIN.toSeconds());
        trying.start();
    }

    private void tryAgain() {
        try {
            while (pause()) {
                try {
                    attempt();
                    LOG.info("The controller has started after it waited.");
                    return;
                } catch (ControllerException refused) {
                    note(refused);
                } catch (RuntimeException failed) {
                    LOG.error("The controller could not start; it is tried again.", failed);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String sentence(ControllerException refused) {
        return "The controller waits for its " + refused.lacks() + ". " + refused.getMessage();
    }

    private synchronized boolean pause() throws InterruptedException {
        long until = System.nanoTime() + AGAIN.toNanos();
        for (long left = AGAIN.toNanos(); left > 0 && !closed; left = until - System.nanoTime()) {
            wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        }
        return !closed;
    }

    private void note(ControllerException refused) {
        String sentence = sentence(refused);
        boolean another;
        synchronized (this) {
            another = !refused.isAway() && !sentence.equals(waits);
            waits = sentence;
        }
        if (another) {
            LOG.warn(sentence);
        }
    }

    /**
     * The controller.
     *
     * @throws IllegalStateException with a sentence while it waits
     */
    public synchronized ControllerNode node() {
        ControllerNode present = node;
        if (present == null) {
            throw new IllegalStateException(waits);
        }
        return present;
    }

    /** Why it has not started yet; empty when it has. */
    public synchronized Optional<String> waits() {
        return node == null ? Optional.of(waits) : Optional.empty();
    }

    /** Stops the controller, or the attempts to start it, within some seconds. */
    @Override
    public void close() {
        Thread trying;
        ControllerNode open;
        synchronized (this) {
            closed = true;
            trying = thread;
            open = node;
            notifyAll();
        }
        if (trying != null) {
            join(trying);
        }
        if (open != null) {
            open.close();
        }
    }

    private static void join(Thread trying) {
        try {
            trying.join(CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (trying.isAlive()) {
            LOG.warn("The thread {} did not end within {} s.", trying.getName(), CLOSE.toSeconds());
        }
    }
}
