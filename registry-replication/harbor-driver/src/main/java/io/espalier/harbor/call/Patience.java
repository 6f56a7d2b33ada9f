package io.espalier.harbor.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How calls are tried again.
 *
 * @param tries of a call that reads
 * @param first wait after the first try; each further wait is twice as long
 * @param lock how long Harbor locks a user's name after somebody failed to log in with it
 * @param most the longest wait that a Harbor's Retry-After may ask for
 */
public record Patience(int tries, Duration first, Duration lock, Duration most) {
    public static final Patience DEFAULT =
            new Patience(4, Duration.ofMillis(500), Duration.ofMillis(1_700), Duration.ofSeconds(30));

    public Patience {
        requireNonNull(first, "first is null");
        requireNonNull(lock, "lock is null");
        requireNonNull(most, "most is null");
        if (tries < 1) {
            throw new IllegalArgumentException("tries is " + tries + "; use 1 or more.");
        }
    }
}
