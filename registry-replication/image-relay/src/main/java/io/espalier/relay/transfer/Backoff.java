package io.espalier.relay.transfer;

import io.espalier.relay.transfer.TransferProblem.Haste;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries: doubled each time, with up to a quarter of jitter. For one thread. */
final class Backoff {
    private static final int MOST_DOUBLINGS = 30;

    private final Duration first;
    private final Duration longest;
    private int failures;

    Backoff(EngineSettings settings) {
        this.first = settings.firstRetry();
        this.longest = settings.longestRetry();
    }

    long nextNanos(Haste haste) {
        long most = longest.toNanos();
        long pause =
                haste == Haste.SLOW ? most : Math.min(most, first.toNanos() << Math.min(failures, MOST_DOUBLINGS / 2));
        failures = Math.min(failures + 1, MOST_DOUBLINGS);
        return pause - ThreadLocalRandom.current().nextLong(Math.max(1, pause / 4));
    }

    void reset() {
        failures = 0;
    }
}
