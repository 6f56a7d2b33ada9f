package io.espalier.testkit.link;

/** Bounds a rate; used by one thread. */
final class TokenBucket {
    private static final double NANOS = 1e9;
    private static final double DEPTH_SECONDS = 0.1;
    private static final double WORTH_SECONDS = 0.005;
    private static final int LEAST_DEPTH = 512;

    private double tokens;
    private long rate;
    private long filledAt;

    /** How many bytes may pass now at this rate; 0 means no bound. */
    long available(long bytesPerSecond, long now) {
        if (bytesPerSecond == 0) {
            rate = 0;
            return Long.MAX_VALUE;
        }
        if (rate != bytesPerSecond) {
            rate = bytesPerSecond;
            tokens = 0;
            filledAt = now;
        }
        tokens = Math.min(depth(), tokens + (now - filledAt) * (rate / NANOS));
        filledAt = now;
        return (long) tokens;
    }

    void take(long bytes) {
        if (rate > 0) {
            tokens -= bytes;
        }
    }

    /** When it is worth to look again after {@link #available} gave less than wanted. */
    long nanosUntilWorthIt() {
        return rate == 0 ? 0 : (long) (Math.max(1, rate * WORTH_SECONDS - tokens) / rate * NANOS);
    }

    /** Deep enough that a thread which comes late, as on a busy machine, does not lose rate. */
    private double depth() {
        return Math.max(LEAST_DEPTH, rate * DEPTH_SECONDS);
    }
}
