package io.espalier.collector.send;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next attempt: a random part of a bound that doubles up to a cap ("full jitter"), and never less
 * than the other side asked for. Confined to one thread.
 *
 * <p>Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
 */
final class Backoff {
    /** A gateway's mistake must not silence a stream for long. */
    private static final Duration LONGEST_REQUEST = Duration.ofMinutes(1);

    private final long baseNanos;
    private final long capNanos;
    private final DoubleSupplier random;
    private int attempts;

    /** The random numbers are at least 0 and below 1. */
    Backoff(Duration base, Duration cap, DoubleSupplier random) {
        this.baseNanos = base.toNanos();
        this.capNanos = cap.toNanos();
        this.random = requireNonNull(random, "random is null");
    }

    /** The wait after one more failure. */
    long nextNanos(@Nullable Duration asked) {
        long bound = attempts >= 30 ? capNanos : Math.min(capNanos, baseNanos << attempts);
        attempts++;
        long jittered = (long) (bound * random.getAsDouble());
        if (asked == null) {
            return Math.max(jittered, 1_000_000);
        }
        Duration granted = asked.compareTo(LONGEST_REQUEST) > 0 ? LONGEST_REQUEST : asked;
        // Spread over the time after what was asked for, or all that were pushed back at once come back at once.
        return granted.toNanos() + jittered;
    }

    void reset() {
        attempts = 0;
    }

    int attempts() {
        return attempts;
    }
}
