package io.espalier.gateway.memory;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes that requests hold from the first byte of their body until they are settled: for each stream, so that one
 * that hangs leaves room for the others, and for all streams together, so that the process keeps within its memory.
 *
 * <p>A request larger than a bound is let in while nothing else counts against that bound, so that it is not refused for
 * ever. Safe for use by many threads; never blocks.
 */
public final class MemoryShares {
    private final long totalBytes;
    private final long streamBytes;
    private final Map<StreamId, Long> held = new HashMap<>();
    private long total;

    /**
     * @param totalBytes the most bytes of all streams together, at least 1
     * @param streamBytes the most bytes of one stream, at least 1
     */
    public MemoryShares(long totalBytes, long streamBytes) {
        if (totalBytes < 1) {
            throw new IllegalArgumentException("total-bytes is " + totalBytes + "; use at least 1.");
        }
        if (streamBytes < 1) {
            throw new IllegalArgumentException("queue-bytes is " + streamBytes + "; use at least 1.");
        }
        this.totalBytes = totalBytes;
        this.streamBytes = streamBytes;
    }

    /** A hold of nothing yet, for one request; its owner closes it. */
    public Hold open(StreamId stream) {
        return new Hold(requireNonNull(stream, "stream is null"));
    }

    /** Bytes held by all requests now. */
    public synchronized long heldBytes() {
        return total;
    }

    /** Whether the bytes asked for are held, and if not, which bound stands against it. */
    public enum Verdict {
        HELD,
        STREAM_FULL,
        TOTAL_FULL
    }

    private synchronized Verdict change(StreamId stream, long from, long to) {
        long ofStream = held.getOrDefault(stream, 0L) - from;
        long ofOthers = total - from;
        if (to > from && ofStream > 0 && to > streamBytes - ofStream) {
            return Verdict.STREAM_FULL;
        }
        if (to > from && ofOthers > 0 && to > totalBytes - ofOthers) {
            return Verdict.TOTAL_FULL;
        }
        total = ofOthers + to;
        if (ofStream + to == 0) {
            held.remove(stream);
        } else {
            held.put(stream, ofStream + to);
        }
        return Verdict.HELD;
    }

    /** What one request holds. Safe for use by many threads. */
    public final class Hold implements AutoCloseable {
        private final StreamId stream;
        private long bytes;
        private boolean closed;

        private Hold(StreamId stream) {
            this.stream = stream;
        }

        /**
         * Makes the hold that large. To hold less always succeeds; when there is no room for more, it stays as it was. A closed
         * hold stays closed, and it is no error to ask.
         */
        public synchronized Verdict resize(long newBytes) {
            if (newBytes < 0) {
                throw new IllegalArgumentException("newBytes is " + newBytes + "; it is never negative.");
            }
            if (closed) {
                return Verdict.HELD;
            }
            Verdict verdict = change(stream, bytes, newBytes);
            if (verdict == Verdict.HELD) {
                bytes = newBytes;
            }
            return verdict;
        }

        /** Gives everything back. Idempotent. */
        @Override
        public synchronized void close() {
            resize(0);
            closed = true;
        }
    }
}
