package io.espalier.harbor.run;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How runs wait.
 *
 * @param poll between two looks at an execution
 * @param prepare how long an execution may take until its tasks exist
 * @param still how long an execution may stand still before it is stopped; Harbor gives one request 30 minutes and tries five times
 * @param tries of one hop, when the failure may pass
 * @param again wait before the second try; each further wait is twice as long
 */
public record RunSettings(Duration poll, Duration prepare, Duration still, int tries, Duration again) {
    public static final RunSettings DEFAULT = new RunSettings(
            Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(60), 2, Duration.ofSeconds(10));

    public RunSettings {
        requireNonNull(poll, "poll is null");
        requireNonNull(prepare, "prepare is null");
        requireNonNull(still, "still is null");
        requireNonNull(again, "again is null");
        if (poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("poll is " + poll + "; use more than 0.");
        }
        if (tries < 1) {
            throw new IllegalArgumentException("tries is " + tries + "; use 1 or more.");
        }
    }
}
