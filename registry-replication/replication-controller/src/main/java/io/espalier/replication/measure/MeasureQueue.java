package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that measures, one measurement after another. Thread-safe. */
final class MeasureQueue {
    private static final Logger LOG = LoggerFactory.getLogger(MeasureQueue.class);
    private static final int MOST_WAITING = 8;
    private static final long STOP_SECONDS = 5;

    private final Duration joinDelay;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    MeasureQueue(Duration joinDelay) {
        this.joinDelay = requireNonNull(joinDelay, "joinDelay is null");
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "replication-measure");
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** Runs the work again and again; never for an interval of zero. */
    void every(Duration interval, Runnable work) {
        if (!interval.isZero()) {
            ScheduledFuture<?> ignored = thread.scheduleWithFixedDelay(
                    guarded(work), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** @throws IllegalStateException with a sentence when too many wait already or this is closed */
    <T> CompletableFuture<T> submit(Supplier<T> work) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            throw new IllegalStateException("Tried to measure but " + MOST_WAITING
                    + " measurements wait already; try again when they are done.");
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                waiting.decrementAndGet();
                try {
                    result.complete(work.get());
                } catch (RuntimeException failed) {
                    result.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException stopped) {
            throw new IllegalStateException("Tried to measure but the controller stops.", stopped);
        }
        return result;
    }

    /** Runs the work when the joiners of the next moment are there too. */
    void afterJoin(Runnable work) {
        later(work, joinDelay.toMillis());
    }

    void soon(Runnable work) {
        later(work, 0);
    }

    private void later(Runnable work, long millis) {
        try {
            ScheduledFuture<?> ignored = thread.schedule(guarded(work), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Nothing is measured any more, since the controller stops.");
        }
    }

    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException failed) {
                LOG.error("A measurement failed unexpectedly; the next one goes on.", failed);
            }
        };
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the thread within 5 s; what still waits is cancelled. */
    void close(Runnable wake) {
        closed = true;
        wake.run();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
                LOG.warn("The thread replication-measure did not end within {} s.", STOP_SECONDS);
            }
        } catch (InterruptedException interrupted) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
