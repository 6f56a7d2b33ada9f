package io.espalier.relay.transfer;

import io.espalier.relay.transfer.TransferProblem.Haste;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between tries, with up to a quarter of jitter: doubled each time up to a quarter of the longest one when it may heal by
 * itself, the longest one at once when somebody must change something. For one thread.
 */
final class Backoff {
    private static final int MOST_DOUBLINGS = 15;

    private final Duration first;
    private final Duration longest;
    private int failures;

    Backoff(EngineSettings settings) {
        this.first = settings.firstRetry();
        this.longest = settings.longestRetry();
    }

    long nextNanos(Haste haste) {
        long most = longest.toNanos();
        long soon = first.toNanos() << Math.min(failures, MOST_DOUBLINGS);
        long pause = haste == Haste.SLOW ? most : Math.min(Math.max(first.toNanos(), most / 4), soon);
        failures = Math.min(failures + 1, MOST_DOUBLINGS);
        return pause - ThreadLocalRandom.current().nextLong(Math.max(1, pause / 4));
    }

    void reset() {
        failures = 0;
    }
}
