package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * How an image is read back byte by byte.
 *
 * @param bytesPerSecond at most so many are read at each node; 0 for no limit
 * @param silence after this without a word a node is given up
 * @param progress takes how far the nodes are that have not finished, about once a second; called by the thread that verifies
 */
public record DeepVerification(long bytesPerSecond, Duration silence, Consumer<List<CheckProgress>> progress) {
    public DeepVerification {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "bytesPerSecond is " + bytesPerSecond + "; it must not be negative, and 0 is no limit");
        }
        requireNonNull(silence, "silence is null");
        requireNonNull(progress, "progress is null");
    }
}
