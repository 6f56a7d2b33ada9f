package io.espalier.stream.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The requests of one stream that wait to be sent, first in first out, bounded by number and by bytes.
 *
 * <p>{@link #offer} never waits for a reader: a full queue answers so, and the sender is pushed back. A request larger than
 * the whole byte bound is taken only while nothing else waits, so that it is neither refused for ever nor joined by others.
 * Safe for use by many threads; the lock is held for a few instructions only.
 *
 * @param <T> a request
 */
public final class RequestQueue<T> {
    private static final Offer ACCEPTED = new Offer.Accepted();
    private static final Offer CLOSED = new Offer.Closed();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final ArrayDeque<Waiting<T>> waiting = new ArrayDeque<>();
    private final QueueLimits limits;
    private final Offer full;
    private long bytes;
    private boolean closed;

    public RequestQueue(QueueLimits limits) {
        this.limits = requireNonNull(limits, "limits is null");
        this.full = new Offer.Full(limits.retryAfter());
    }

    /** Takes the request, or says at once why not. Cost: constant. */
    public Offer offer(T request, long requestBytes) {
        requireNonNull(request, "request is null");
        if (requestBytes < 0) {
            throw new IllegalArgumentException("requestBytes is " + requestBytes + "; it is never negative.");
        }
        lock.lock();
        try {
            if (closed) {
                return CLOSED;
            }
            boolean fits = waiting.isEmpty() || requestBytes <= limits.maxBytes() - bytes;
            if (waiting.size() >= limits.maxRequests() || !fits) {
                return full;
            }
            waiting.add(new Waiting<>(request, requestBytes));
            bytes += requestBytes;
            notEmpty.signal();
            return ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the oldest request, waiting for one up to the limit.
     *
     * @return empty when the limit has passed or the queue is closed
     */
    public Optional<T> poll(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed && left > 0) {
                left = notEmpty.awaitNanos(left);
            }
            Waiting<T> first = waiting.poll();
            if (first == null) {
                return Optional.empty();
            }
            bytes -= first.bytes;
            return Optional.of(first.request);
        } finally {
            lock.unlock();
        }
    }

    /** Closes the queue and hands back what still waited, oldest first; the second call hands back nothing. */
    public List<T> close() {
        lock.lock();
        try {
            closed = true;
            List<T> left = new ArrayList<>(waiting.size());
            waiting.forEach(each -> left.add(each.request));
            waiting.clear();
            bytes = 0;
            notEmpty.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }

    /** How much waits at this moment. */
    public Depth depth() {
        lock.lock();
        try {
            return new Depth(waiting.size(), bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Requests and bytes that wait. */
    public record Depth(int requests, long bytes) {}

    private record Waiting<T>(T request, long bytes) {}
}
