package io.espalier.replication.plan;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that plans. Of work of one kind at most one piece waits. Thread-safe. */
final class PlanThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlanThread.class);
    private static final long CALL_SECONDS = 30;
    private static final long STOP_SECONDS = 5;

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;
    private volatile @Nullable Thread present;

    PlanThread() {
        thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "replication-plan");
            made.setDaemon(true);
            present = made;
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs the work after a while, unless such work waits already. */
    void soon(String kind, Duration delay, Runnable work) {
        if (waiting.add(kind)) {
            later(delay, () -> {
                waiting.remove(kind);
                work.run();
            });
        }
    }

    void later(Duration delay, Runnable work) {
        try {
            ScheduledFuture<?> ignored = thread.schedule(guarded(work), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Nothing is planned any more, since the controller stops.");
        }
    }

    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (PlanException noPlan) {
                LOG.debug("No plan now: {}", noPlan.getMessage());
            } catch (RuntimeException failed) {
                LOG.error("Planning failed unexpectedly; it is tried again with the next change.", failed);
            }
        };
    }

    /**
     * Runs the work and waits for it.
     *
     * @param action what is tried, for sentences
     */
    <T> T call(String action, Supplier<T> work) {
        if (Thread.currentThread() == present) {
            // A listener that hears of a tree asks for another one.
            return work.get();
        }
        try {
            return thread.submit(work::get).get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopped) {
            throw new PlanException("Tried to " + action + " but the controller stops.", stopped);
        } catch (TimeoutException slow) {
            throw new PlanException(
                    "Tried to " + action + " but it was not ready within " + CALL_SECONDS + " s; try again.", slow);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof PlanException sentence) {
                throw sentence;
            }
            throw new PlanException("Tried to " + action + " but it failed (" + failed.getCause() + ").", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new PlanException("Tried to " + action + " but was interrupted.", stopped);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The thread replication-plan did not end within {} s.", STOP_SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
