package io.espalier.collector.settings;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Checks of values that a person has written. */
final class Limits {
    private Limits() {}

    static void atLeast(String key, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(key + " is " + value + "; use at least " + least + ".");
        }
    }

    static void positive(String key, Duration value) {
        requireNonNull(value, () -> key + " is null");
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(key + " is " + value.toMillis() + " ms; use at least 1 ms.");
        }
    }
}
