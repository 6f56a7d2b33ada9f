package io.espalier.kernel.budget;

import java.time.Duration;

/** Pauses that double with each failure: {@code first}, twice that, ... and at most {@code max}. */
public record Backoff(Duration first, Duration max) {
    public Backoff {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("Back-off pauses from " + first + " to " + max
                    + " do not fit: the first must be above zero and" + " not above the longest.");
        }
    }

    public static Backoff standard() {
        return new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
    }

    /** The pause after so many failures in a row, 1 or more. */
    public Duration afterFailures(int failures) {
        Duration pause = first;
        for (int i = 1; i < failures && pause.compareTo(max) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(max) < 0 ? pause : max;
    }
}
