package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes and touches files on a thread of its own, {@code relay-sweep}: to delete a file of some GB takes a disk so long that nobody
 * should wait for it with a lock. Thread-safe.
 */
final class Sweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    private static final String GONE = ".gone";
    private static final int MOST_WAITING = 1_000;
    private static final long IDLE_S = 20;
    private static final long CLOSE_S = 5;
    private static final long SETTLE_S = 10;

    private final Path folder;
    private final AtomicLong number = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ThreadPoolExecutor thread;

    Sweeper(Path folder) {
        this.folder = requireNonNull(folder, "folder is null");
        this.thread = new ThreadPoolExecutor(
                1, 1, IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread made = new Thread(task, "relay-sweep");
                    made.setDaemon(true);
                    return made;
                });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Deletes what a run that was killed did not get to. */
    void sweepLeftovers() throws IOException {
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left = all.filter(path -> path.toString().endsWith(GONE)).toList();
        }
        left.forEach(this::unlinkLater);
    }

    /** The name is free when this returns, the space soon after. */
    void delete(Path path) {
        Path gone = folder.resolve(System.currentTimeMillis() + "-" + number.incrementAndGet() + GONE);
        try {
            Files.move(path, gone);
        } catch (IOException e) {
            unlink(path);
            return;
        }
        unlinkLater(gone);
    }

    private void unlinkLater(Path path) {
        waiting.incrementAndGet();
        later(() -> {
            unlink(path);
            waiting.decrementAndGet();
        });
    }

    /** Notes that the file was used now, for the order in which files go after a restart. */
    void touch(Path path) {
        later(() -> {
            try {
                Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis()));
            } catch (IOException e) {
                log.trace("{} was not touched; it only counts as older.", path);
            }
        });
    }

    /**
     * Waits until what was to be deleted before is deleted, for 10 s at most.
     *
     * @return whether there was anything to wait for
     */
    boolean settle() {
        if (waiting.get() == 0) {
            return false;
        }
        CountDownLatch done = new CountDownLatch(1);
        later(done::countDown);
        try {
            return done.await(SETTLE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void later(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private static void unlink(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.warn("Tried to delete {} but the disk answered '{}'.", path, e.getMessage());
        }
    }

    /** Does what waits, for 5 s at most. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_S, TimeUnit.SECONDS)) {
                log.warn("The spool has not deleted all files within {} s; the next run does.", CLOSE_S);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
