package io.espalier.registry.http;

import io.espalier.registry.endpoint.Timeouts;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.metrics.RegistryCounters;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Brings a body from the calling thread to the HTTP client, with a few pieces on the way.
 *
 * <p>Time limits count the registry's slowness, not the source's: the clock runs while a piece waits to be taken.
 */
final class StreamedBody implements AutoCloseable {
    private static final int PIECES_ON_THE_WAY = 4;
    private static final long LOOK_AGAIN_MS = 200;

    private final long size;
    private final RegistryCounters counters;
    private final Timeouts timeouts;
    private final SubmissionPublisher<ByteBuffer> pieces;
    private final CountDownLatch subscribed = new CountDownLatch(1);

    StreamedBody(long size, Executor threads, RegistryCounters counters, Timeouts timeouts) {
        this.size = size;
        this.counters = counters;
        this.timeouts = timeouts;
        this.pieces = new SubmissionPublisher<>(threads, PIECES_ON_THE_WAY);
    }

    BodyPublisher publisher() {
        AtomicBoolean taken = new AtomicBoolean();
        return new BodyPublisher() {
            @Override
            public long contentLength() {
                return size;
            }

            @Override
            public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
                if (!taken.compareAndSet(false, true)) {
                    pieces.closeExceptionally(new IOException("a streamed body cannot be sent twice"));
                }
                pieces.subscribe(subscriber);
                subscribed.countDown();
            }
        };
    }

    /**
     * Reads and hands over all pieces; returns early when the answer or a failure is there already.
     *
     * @throws HttpTimeoutException if the registry does not take any more
     */
    void pump(BodyReader body, CompletableFuture<?> answer) throws RegistryException, HttpTimeoutException {
        try {
            if (!awaitSubscriber(answer)) {
                return;
            }
            for (ByteBuffer piece = body.next(); piece != null; piece = body.next()) {
                int bytes = piece.remaining();
                if (!offer(piece, answer)) {
                    return;
                }
                counters.addBytesOut(bytes);
            }
            pieces.close();
            awaitSent(answer);
        } catch (RegistryException e) {
            pieces.closeExceptionally(new IOException("the body must not be sent to its end", e));
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(ErrorCode.INTERRUPTED, "Interrupted while sending a blob.", e);
        }
    }

    /** Ends the body short of its announced length, unless it was sent whole. */
    @Override
    public void close() {
        pieces.closeExceptionally(new IOException("the body was given up"));
    }

    private boolean awaitSubscriber(CompletableFuture<?> answer) throws InterruptedException {
        while (!answer.isDone()) {
            if (subscribed.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private boolean offer(ByteBuffer piece, CompletableFuture<?> answer)
            throws InterruptedException, HttpTimeoutException {
        long begin = System.nanoTime();
        while (!answer.isDone() && pieces.hasSubscribers()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (pieces.offer(piece, LOOK_AGAIN_MS, TimeUnit.MILLISECONDS, null) >= 0) {
                return true;
            }
            checkStall(begin);
        }
        return false;
    }

    /** Waits until the last piece was taken; from then on the limit for the commit counts. */
    private void awaitSent(CompletableFuture<?> answer) throws InterruptedException, HttpTimeoutException {
        long begin = System.nanoTime();
        while (!answer.isDone() && pieces.estimateMaximumLag() > 0) {
            checkStall(begin);
            try {
                answer.get(1, TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException notYet) {
                // Looked at by whoever waits for the answer.
            }
        }
    }

    private void checkStall(long begin) throws HttpTimeoutException {
        if (System.nanoTime() - begin > timeouts.stall().toNanos()) {
            throw new HttpTimeoutException(
                    "the registry took no byte for " + timeouts.stall().toMillis() + " ms");
        }
    }
}
