package io.espalier.relay.transfer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of an engine, all named and bounded. */
final class EngineThreads implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EngineThreads.class);
    private static final int FILLERS = 4;
    private static final int CONNECTORS = 8;
    private static final int MOST_WAITING = 1_000;
    private static final long IDLE_S = 20;
    private static final Duration CLOSE = Duration.ofSeconds(8);

    /** Transfers, by their own order. */
    private final ThreadPoolExecutor jobs;

    private final ExecutorService blobs;
    private final ExecutorService fillers = pool("relay-fill", FILLERS, MOST_WAITING);
    private final ExecutorService connectors = pool("relay-connect", CONNECTORS, MOST_WAITING);
    private final ExecutorService checks = pool("relay-check", 1, MOST_WAITING);
    private final ExecutorService removals = pool("relay-remove", 1, MOST_WAITING);
    private final ExecutorService deepChecks = pool("relay-deep-check", 1, MOST_WAITING);
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(named("relay-ticks"));

    private volatile @Nullable Future<?> ticking;

    EngineThreads(int jobs) {
        this.jobs = pool("relay-job", jobs, new PriorityBlockingQueue<>());
        this.blobs = pool("relay-blob", jobs * BlobCommits.AT_ONCE, MOST_WAITING);
    }

    private static ThreadPoolExecutor pool(String name, int threads, int waiting) {
        return pool(name, threads, new LinkedBlockingQueue<>(waiting));
    }

    private static ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, IDLE_S, TimeUnit.SECONDS, queue, named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    ThreadPoolExecutor jobs() {
        return jobs;
    }

    ExecutorService blobs() {
        return blobs;
    }

    ExecutorService fillers() {
        return fillers;
    }

    ExecutorService connectors() {
        return connectors;
    }

    ExecutorService checks() {
        return checks;
    }

    ExecutorService removals() {
        return removals;
    }

    ExecutorService deepChecks() {
        return deepChecks;
    }

    /** Runs a task again and again until closed; it must not throw. */
    void everyTick(Runnable task, long millis) {
        ticking = ticks.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Interrupts all and waits 8 s at most. */
    @Override
    public void close() {
        List<ExecutorService> all = List.of(ticks, jobs, blobs, fillers, connectors, checks, removals, deepChecks);
        Future<?> tick = ticking;
        if (tick != null) {
            tick.cancel(false);
        }
        all.forEach(ExecutorService::shutdownNow);
        long deadline = System.nanoTime() + CLOSE.toNanos();
        try {
            for (ExecutorService each : all) {
                if (!each.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    log.warn("Threads of the transfer engine have not ended within {} s: {}", CLOSE.toSeconds(), each);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
