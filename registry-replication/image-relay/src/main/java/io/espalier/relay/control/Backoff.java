package io.espalier.relay.control;

import java.util.concurrent.ThreadLocalRandom;

/** Growing waits with jitter, so that many nodes do not knock at the same moment. Used by one thread. */
final class Backoff {
    private final long firstMs;
    private final long mostMs;
    private long nextMs;

    Backoff(long firstMs, long mostMs) {
        this.firstMs = firstMs;
        this.mostMs = mostMs;
        this.nextMs = firstMs;
    }

    /** Between the first wait and the present step, which doubles every time. */
    long nextMillis() {
        long step = nextMs;
        nextMs = Math.min(mostMs, nextMs * 2);
        return step <= firstMs ? firstMs : ThreadLocalRandom.current().nextLong(Math.max(firstMs, step / 2), step + 1);
    }

    void reset() {
        nextMs = firstMs;
    }
}
