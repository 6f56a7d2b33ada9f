package io.espalier.registry.endpoint;

import java.time.Duration;

/**
 * How long to wait.
 *
 * @param connect for a connection
 * @param answer for an answer's headers
 * @param stall for the next byte of a body, in either direction
 * @param commit for the answer after the last byte of a blob, while the registry hashes and stores
 */
public record Timeouts(Duration connect, Duration answer, Duration stall, Duration commit) {
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(10));

    public Timeouts {
        check("connect", connect);
        check("answer", answer);
        check("stall", stall);
        check("commit", commit);
    }

    private static void check(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("The time limit " + name + " is " + value + "; it must be positive.");
        }
    }
}
