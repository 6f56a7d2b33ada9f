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
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings a body from the calling thread to the HTTP client: one piece is read ahead, and handed over by this thread when the client has
 * asked for it.
 *
 * <p>Time limits count the registry's slowness, not the source's: the clock runs while a piece waits to be taken.
 */
final class StreamedBody implements AutoCloseable {
    private static final long LOOK_AGAIN_MS = 200;

    private final long size;
    private final RegistryCounters counters;
    private final Timeouts timeouts;
    private final Object lock = new Object();

    // Guarded by the lock.
    private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;
    private long demand;
    private boolean cancelled;
    private boolean ended;

    StreamedBody(long size, RegistryCounters counters, Timeouts timeouts) {
        this.size = size;
        this.counters = counters;
        this.timeouts = timeouts;
    }

    BodyPublisher publisher() {
        return new BodyPublisher() {
            @Override
            public long contentLength() {
                return size;
            }

            @Override
            public void subscribe(Flow.Subscriber<? super ByteBuffer> taker) {
                begin(taker);
            }
        };
    }

    private void begin(Flow.Subscriber<? super ByteBuffer> taker) {
        boolean again;
        boolean late;
        synchronized (lock) {
            again = subscriber != null;
            late = ended;
        }
        taker.onSubscribe(again || late ? new Nothing() : new Asked());
        if (again || late) {
            taker.onError(new IOException(again ? "a streamed body cannot be sent twice" : "the body was given up"));
            return;
        }
        synchronized (lock) {
            subscriber = taker;
            lock.notifyAll();
        }
    }

    /**
     * Reads and hands over all pieces; returns early when the answer or a failure is there already.
     *
     * @throws HttpTimeoutException if the registry does not take any more
     */
    void pump(BodyReader body, CompletableFuture<?> answer) throws RegistryException, HttpTimeoutException {
        CompletableFuture<?> unused = answer.whenComplete((given, failure) -> look());
        try {
            Flow.Subscriber<? super ByteBuffer> taker = awaitSubscriber(answer);
            if (taker == null) {
                return;
            }
            for (ByteBuffer piece = body.next(); piece != null; piece = body.next()) {
                if (!awaitDemand(answer)) {
                    return;
                }
                synchronized (lock) {
                    demand--;
                }
                counters.addBytesOut(piece.remaining());
                taker.onNext(piece);
            }
            // Asked for more, it has sent the last piece on; from then on the limit for the commit counts.
            awaitDemand(answer);
            end(null);
        } catch (RegistryException e) {
            end(new IOException("the body must not be sent to its end", e));
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(ErrorCode.INTERRUPTED, "Interrupted while sending a blob.", e);
        }
    }

    /** Ends the body short of its announced length, unless it was sent whole. */
    @Override
    public void close() {
        end(new IOException("the body was given up"));
    }

    private void look() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    private void end(@Nullable IOException problem) {
        Flow.Subscriber<? super ByteBuffer> taker;
        synchronized (lock) {
            taker = ended || cancelled ? null : subscriber;
            ended = true;
        }
        if (taker != null && problem == null) {
            taker.onComplete();
        } else if (taker != null) {
            taker.onError(problem);
        }
    }

    private Flow.@Nullable Subscriber<? super ByteBuffer> awaitSubscriber(CompletableFuture<?> answer)
            throws InterruptedException {
        synchronized (lock) {
            while (subscriber == null && !answer.isDone()) {
                TimeUnit.MILLISECONDS.timedWait(lock, LOOK_AGAIN_MS);
            }
            return subscriber;
        }
    }

    /** Waits until the client asks for a piece; false when it will take none. */
    private boolean awaitDemand(CompletableFuture<?> answer) throws InterruptedException, HttpTimeoutException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long begin = System.nanoTime();
        synchronized (lock) {
            while (demand == 0 && !cancelled && !answer.isDone()) {
                TimeUnit.MILLISECONDS.timedWait(lock, LOOK_AGAIN_MS);
                if (demand == 0 && System.nanoTime() - begin > timeouts.stall().toNanos()) {
                    throw new HttpTimeoutException(
                            "the registry took no byte for " + timeouts.stall().toMillis() + " ms");
                }
            }
            return !cancelled && !answer.isDone();
        }
    }

    /** What the client asks for; called by its threads. */
    private final class Asked implements Flow.Subscription {
        @Override
        public void request(long pieces) {
            synchronized (lock) {
                demand += Math.min(pieces, Long.MAX_VALUE - demand);
                lock.notifyAll();
            }
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                cancelled = true;
                lock.notifyAll();
            }
        }
    }

    /** For a subscriber that gets nothing. */
    private static final class Nothing implements Flow.Subscription {
        @Override
        public void request(long pieces) {
            // It is told at once that there are none.
        }

        @Override
        public void cancel() {
            // Nothing runs.
        }
    }
}
