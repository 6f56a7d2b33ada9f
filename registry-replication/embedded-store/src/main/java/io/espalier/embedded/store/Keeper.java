package io.espalier.embedded.store;

import io.espalier.embedded.layout.BlobCondition;
import io.espalier.embedded.layout.BlobFiles;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a store: thread {@code embedded-store-keeper} collects every hour and reads all blobs again when they are due, slowly;
 * thread {@code embedded-store-check} reads those that somebody waits for, each once however many wait.
 */
final class Keeper implements AutoCloseable {
    private static final Duration EVERY = Duration.ofHours(1);
    private static final long FIRST_MS = 10_000;
    private static final long BYTES_PER_MS = 50_000;
    private static final long CLOSE_LIMIT_MS = 5_000;
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    private final Collector collector;
    private final BlobFiles blobs;
    private final Duration recheck;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "embedded-store-keeper");
    private final ExecutorService checks =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "embedded-store-check"));
    /** One for each blob at most, which bounds the queue. */
    private final Map<Digest, CompletableFuture<BlobCondition>> asked = new ConcurrentHashMap<>();

    private Keeper(Collector collector, BlobFiles blobs, Duration recheck, Clock clock) {
        this.collector = collector;
        this.blobs = blobs;
        this.recheck = recheck;
        this.clock = clock;
    }

    static Keeper start(Collector collector, BlobFiles blobs, Duration recheck, Clock clock) {
        Keeper keeper = new Keeper(collector, blobs, recheck, clock);
        keeper.thread.setDaemon(true);
        keeper.thread.start();
        return keeper;
    }

    private void run() {
        try {
            for (long wait = FIRST_MS; !stop.await(wait, TimeUnit.MILLISECONDS); wait = EVERY.toMillis()) {
                collect();
                readAgain();
            }
        } catch (InterruptedException e) {
            LOG.debug("The keeper of the image store was interrupted: {}", e.toString());
        }
    }

    private void collect() {
        try {
            collector.run(false);
        } catch (RegistryException | RuntimeException e) {
            LOG.warn("The image store could not be tidied; it is tried again in {}.", EVERY, e);
        }
    }

    List<Digest> due() {
        return blobs.unreadSince(clock.instant().minus(recheck));
    }

    void readAgain() throws InterruptedException {
        for (Digest digest : due()) {
            if (stop.getCount() == 0) {
                return;
            }
            try {
                blobs.check(digest);
            } catch (RegistryException | RuntimeException e) {
                if (stop.getCount() == 0) {
                    return;
                }
                LOG.warn("Blob {} could not be checked; it is tried again in {}.", digest, EVERY, e);
            }
            // Those who pull and push come first.
            if (stop.await(blobs.size(digest) / BYTES_PER_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    CompletableFuture<BlobCondition> prove(Digest digest) {
        CompletableFuture<BlobCondition> mine = new CompletableFuture<>();
        CompletableFuture<BlobCondition> other = asked.putIfAbsent(digest, mine);
        if (other != null) {
            return other;
        }
        try {
            checks.execute(() -> prove(digest, mine));
        } catch (RejectedExecutionException e) {
            asked.remove(digest);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void prove(Digest digest, CompletableFuture<BlobCondition> answer) {
        try {
            BlobCondition condition = blobs.prove(digest);
            asked.remove(digest);
            answer.complete(condition);
        } catch (RegistryException | RuntimeException e) {
            asked.remove(digest);
            answer.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
        checks.shutdownNow();
        try {
            thread.join(CLOSE_LIMIT_MS);
            boolean ended = checks.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS) && !thread.isAlive();
            if (!ended) {
                LOG.warn("The threads of the image store have not ended within {} ms.", CLOSE_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        asked.values().forEach(waiting -> waiting.cancel(false));
    }
}
