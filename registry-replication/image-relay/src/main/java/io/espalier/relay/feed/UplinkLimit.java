package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The most that a node sends over all feeds together. The feeds that want to send share it by bytes, each chunk weighed by its
 * priority: who has had least goes first (start-time fair queueing, Goyal, Vin and Cheng 1996). Thread-safe.
 */
public final class UplinkLimit {
    private static final long TURN_NANOS = 1_000_000;

    private final LongSupplier nanos;
    private final TokenBucket bucket;
    private final List<Share> waiting = new ArrayList<>();
    private double virtualBytes;

    /** @param bytesPerSecond 0 is no limit */
    public UplinkLimit(long bytesPerSecond) {
        this(bytesPerSecond, System::nanoTime);
    }

    UplinkLimit(long bytesPerSecond, LongSupplier nanos) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + "; use 0 for no limit or more.");
        }
        this.nanos = requireNonNull(nanos, "nanos is null");
        this.bucket = new TokenBucket(bytesPerSecond, nanos.getAsLong());
    }

    /**
     * A feed's part of the limit.
     *
     * @param wake called when it is this feed's turn; must not block
     */
    Share join(Runnable wake) {
        return new Share(requireNonNull(wake, "wake is null"));
    }

    /** One feed's part; used by the feed's thread. */
    final class Share {
        private final Runnable wake;
        private double virtual;

        private Share(Runnable wake) {
            this.wake = wake;
        }

        /** Takes the bytes and answers 0, or answers after how many nanoseconds to ask again unless woken before. */
        long take(int bytes, int priority) {
            synchronized (UplinkLimit.this) {
                if (bucket.rate() == 0) {
                    return 0;
                }
                if (!waiting.contains(this)) {
                    virtual = Math.max(virtual, virtualBytes);
                    waiting.add(this);
                }
                long delay = bucket.delay(nanos.getAsLong());
                if (delay > 0) {
                    return delay;
                }
                Share first = waiting.stream()
                        .min(Comparator.comparingDouble(share -> share.virtual))
                        .orElse(this);
                if (first.virtual < virtual) {
                    first.wake.run();
                    return TURN_NANOS;
                }
                waiting.remove(this);
                bucket.spend(bytes);
                virtualBytes = virtual;
                virtual += (double) bytes / priority;
                return 0;
            }
        }

        /** Has nothing to send for now, or may be busy, and does not keep the others waiting. */
        void rest() {
            synchronized (UplinkLimit.this) {
                waiting.remove(this);
            }
        }
    }
}
