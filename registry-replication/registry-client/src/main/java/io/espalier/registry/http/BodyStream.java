package io.espalier.registry.http;

import io.espalier.registry.metrics.RegistryCounters;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as a stream. Unlike the JDK's own it gives up when no byte comes for a while. One thread reads; at most
 * two pieces (16 KiB each) wait.
 */
final class BodyStream extends InputStream implements BodySubscriber<BodyStream> {
    private static final List<ByteBuffer> END = List.of();
    private static final int AHEAD = 2;

    private final RegistryCounters counters;
    private final Duration stall;
    private final Set<BodyStream> open;
    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> reading = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;
    private boolean ended;

    /**
     * A stream for one answer.
     *
     * @param open where it stands until its end or close
     */
    BodyStream(RegistryCounters counters, Duration stall, Set<BodyStream> open) {
        this.counters = counters;
        this.stall = stall;
        this.open = open;
        open.add(this);
    }

    @Override
    public CompletionStage<BodyStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        counters.addBytesIn(bytes);
        if (bytes > 0) {
            arrived.add(buffers);
        } else {
            more();
        }
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer buffer = current();
        if (buffer == null) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    @Override
    public int available() {
        ByteBuffer buffer = reading.peek();
        return buffer == null ? 0 : buffer.remaining();
    }

    /** Gives the connection back if the end came, else breaks it. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription current = subscription;
        if (!ended && arrived.peek() != END && current != null) {
            current.cancel();
        }
        ended = true;
        reading.clear();
        open.remove(this);
    }

    /** Breaks it from another thread; its reader gets an error. */
    void abort() {
        Flow.Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
        onError(new IOException("the client was closed"));
    }

    private @Nullable ByteBuffer current() throws IOException {
        while (true) {
            ByteBuffer buffer = reading.peek();
            if (buffer != null && buffer.hasRemaining()) {
                return buffer;
            }
            if (buffer != null) {
                reading.remove();
            } else if (ended) {
                return null;
            } else {
                take();
            }
        }
    }

    private void take() throws IOException {
        List<ByteBuffer> next = poll();
        if (next == null) {
            close();
            throw new HttpTimeoutException("no byte came for " + stall.toMillis() + " ms");
        }
        if (next == END) {
            ended = true;
            open.remove(this);
            Throwable cause = failure;
            if (cause != null) {
                throw new IOException("the connection broke: " + cause.getMessage(), cause);
            }
            return;
        }
        reading.addAll(next);
        more();
    }

    private @Nullable List<ByteBuffer> poll() throws IOException {
        try {
            return arrived.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new InterruptedIOException("interrupted while waiting for the next byte");
        }
    }

    private void more() {
        Flow.Subscription current = subscription;
        if (current != null && !closed) {
            current.request(1);
        }
    }
}
