package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Pauses before another try: doubled each time, up to a longest one. */
record Backoff(Duration first, Duration longest) {
    private static final int MAX_DOUBLINGS = 30;

    Backoff {
        requireNonNull(first, "first is null");
        requireNonNull(longest, "longest is null");
    }

    /** @param failures before this one */
    Duration after(int failures) {
        Duration pause = first.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
