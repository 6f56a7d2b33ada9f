package io.espalier.registry.endpoint;

import java.time.Duration;

/**
 * How often to try again what may succeed later: broken connections, 429, 502, 503 and 504.
 *
 * @param attempts in all, the first one counts
 * @param first pause; doubles each time, with jitter
 * @param longest pause of that kind
 * @param patience how long pauses that the registry asks for (429) may take in all
 */
public record RetryPolicy(int attempts, Duration first, Duration longest, Duration patience) {
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(6, Duration.ofMillis(250), Duration.ofSeconds(10), Duration.ofMinutes(5));

    /** One attempt, no pause. */
    public static final RetryPolicy NEVER =
            new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + "; it must be at least 1.");
        }
        if (first.isNegative() || longest.compareTo(first) < 0 || patience.isNegative()) {
            throw new IllegalArgumentException("Pauses of a retry are " + first + " up to " + longest + ", patience "
                    + patience + "; none may be negative, and the longest not shorter than the first.");
        }
    }
}
