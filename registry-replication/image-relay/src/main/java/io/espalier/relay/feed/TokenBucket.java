package io.espalier.relay.feed;

/**
 * A rate limit that allows debt: a chunk passes when nothing is owed and is paid off afterwards, so chunks of any size pass at the
 * rate. A little credit makes up for late wake-ups. For one thread.
 */
final class TokenBucket {
    private static final double CREDIT_SECONDS = 0.02;
    private static final double NANOS = 1e9;

    private long bytesPerSecond;
    private double bytes;
    private long filled;

    /** @param bytesPerSecond 0 is no limit */
    TokenBucket(long bytesPerSecond, long now) {
        this.bytesPerSecond = bytesPerSecond;
        this.filled = now;
    }

    void rate(long newBytesPerSecond, long now) {
        fill(now);
        bytesPerSecond = newBytesPerSecond;
    }

    long rate() {
        return bytesPerSecond;
    }

    /** Nanoseconds until something may pass; 0 is now. */
    long delay(long now) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        fill(now);
        return bytes >= 0 ? 0 : (long) Math.ceil(-bytes / bytesPerSecond * NANOS);
    }

    void spend(int count) {
        if (bytesPerSecond > 0) {
            bytes -= count;
        }
    }

    private void fill(long now) {
        bytes = Math.min(bytesPerSecond * CREDIT_SECONDS, bytes + (now - filled) / NANOS * bytesPerSecond);
        filled = now;
    }
}
