package io.espalier.database;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a database server answers: looks every two seconds, and every second while it does not. So nobody has to wait for
 * a server that is away, the log says it once, and everybody hears when it is back. Thread-safe.
 */
final class DatabaseWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(8);

    /** Lets the pool be ready again before others come. */
    @FunctionalInterface
    interface Warming {
        void warm() throws SQLException;
    }

    private final DatabaseTrouble trouble;
    private final DataSource source;
    private final Runnable begin;
    private final Warming end;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile @Nullable Connection kept;
    private boolean closed;
    private long spells;
    private long awaySince;
    private @Nullable String reason;

    /**
     * A watch that looks from {@link #start} on.
     *
     * @param source whose connections are impatient
     * @param begin when the server is found to be away
     * @param end before the server counts as back
     */
    DatabaseWatch(DatabaseSettings settings, DatabaseTrouble trouble, DataSource source, Runnable begin, Warming end) {
        this.trouble = requireNonNull(trouble, "trouble is null");
        this.source = requireNonNull(source, "source is null");
        this.begin = requireNonNull(begin, "begin is null");
        this.end = requireNonNull(end, "end is null");
        this.thread = new Thread(this::watch, settings.name() + "-database-watch");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why the server is taken to be away; empty when it is there. */
    synchronized Optional<String> away() {
        return Optional.ofNullable(reason);
    }

    /** How often the server has come back; tells failures of earlier from those of now. */
    synchronized long spell() {
        return spells;
    }

    /**
     * Notes that the server did not answer, and looks again soon.
     *
     * @param spell when the work began that failed
     */
    void failed(long spell, String why) {
        synchronized (this) {
            if (closed || spell != spells || reason != null) {
                return;
            }
            reason = why;
            awaySince = System.nanoTime();
            notifyAll();
        }
        LOG.warn(
                "The {} does not answer ({}). What runs goes on; it is tried again every second.",
                trouble.database(),
                why);
        begin.run();
    }

    /**
     * Calls this on the watching thread each time the server is back; the call must not block for long.
     *
     * @return ends this
     */
    Runnable whenBack(Runnable listener) {
        listeners.add(requireNonNull(listener, "listener is null"));
        return () -> listeners.remove(listener);
    }

    private void watch() {
        try {
            while (pause()) {
                look();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            drop();
        }
    }

    /** Waits until it is time to look; false when the watch is closed. */
    private synchronized boolean pause() throws InterruptedException {
        boolean wasThere = reason == null;
        long until = System.nanoTime() + (wasThere ? EVERY : AGAIN).toNanos();
        for (long left = until - System.nanoTime(); left > 0 && !closed; left = until - System.nanoTime()) {
            wait(Math.max(1, Duration.ofNanos(left).toMillis()));
            if (wasThere && reason != null) {
                break;
            }
        }
        return !closed;
    }

    private void look() {
        try {
            ask();
            if (away().isPresent()) {
                end.warm();
                back();
            }
        } catch (SQLException unanswered) {
            drop();
            failed(spell(), trouble.reason(unanswered));
        } catch (RuntimeException unexpected) {
            drop();
            LOG.error("The {} could not be looked after; it is tried again.", trouble.database(), unexpected);
        }
    }

    private void ask() throws SQLException {
        Connection open = kept;
        if (open == null || !open.isValid((int) Connections.LOOK.toSeconds())) {
            drop();
            open = source.getConnection();
            kept = open;
        }
    }

    private void back() {
        long nanos;
        synchronized (this) {
            nanos = System.nanoTime() - awaySince;
            reason = null;
            spells++;
        }
        LOG.info(
                "The {} answers again after {} s.",
                trouble.database(),
                Duration.ofNanos(nanos).toSeconds());
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException failed) {
                LOG.error("A listener of the {} failed; the others are told.", trouble.database(), failed);
            }
        }
    }

    private void drop() {
        Connection open = kept;
        kept = null;
        if (open != null) {
            try {
                // A close would wait for a server that does not answer.
                open.abort(Runnable::run);
            } catch (SQLException gone) {
                LOG.debug("A connection that does not answer could not be ended in order.", gone);
            }
        }
    }

    /** Ends the thread within some seconds. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        Connection open = kept;
        try {
            if (open != null) {
                open.abort(Runnable::run);
            }
            if (thread != Thread.currentThread()) {
                thread.join(CLOSE.toMillis());
            }
        } catch (SQLException gone) {
            LOG.debug("The connection of the watch could not be ended in order.", gone);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive() && thread != Thread.currentThread()) {
            LOG.warn("The thread {} did not end within {} s.", thread.getName(), CLOSE.toSeconds());
        }
    }
}
