package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How patient a replicator is.
 *
 * @param grace after a start, until nodes had time to come back and say what they have
 * @param progress between two times that progress is stored; state changes are stored at once
 * @param idle without a byte, until a node gets an image from one that has it
 * @param firstPause before a failed reading of the registry is tried again; doubled each time
 * @param longestPause of those
 */
public record ReplicatorTiming(
        Duration grace, Duration progress, Duration idle, Duration firstPause, Duration longestPause) {
    public static final ReplicatorTiming DEFAULT = new ReplicatorTiming(
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5));

    public ReplicatorTiming {
        requireNonNull(grace, "grace is null");
        requireNonNull(progress, "progress is null");
        requireNonNull(idle, "idle is null");
        requireNonNull(firstPause, "firstPause is null");
        requireNonNull(longestPause, "longestPause is null");
    }
}
