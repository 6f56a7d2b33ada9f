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
    /** Less than a disk gives, so that pulls go on beside it. */
    public static final long USUAL_BYTES_PER_SECOND = 50_000_000;

    /** With less, large images would keep a node's only reader for weeks. */
    private static final long LEAST_BYTES_PER_SECOND = 1_000_000;

    private static final Duration USUAL_SILENCE = Duration.ofMinutes(5);

    public DeepVerification {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "bytesPerSecond is " + bytesPerSecond + "; it must not be negative, and 0 is no limit");
        }
        requireNonNull(silence, "silence is null");
        requireNonNull(progress, "progress is null");
    }

    /**
     * As an operator asks for it.
     *
     * @param setting what the rate is called where it comes from, as "The option --bytes-per-second"
     * @throws IllegalArgumentException when the rate is so low that it would hardly end
     */
    public static DeepVerification atRate(String setting, long bytesPerSecond, Consumer<List<CheckProgress>> progress) {
        if (bytesPerSecond < 0 || (bytesPerSecond > 0 && bytesPerSecond < LEAST_BYTES_PER_SECOND)) {
            throw new IllegalArgumentException(
                    setting + " is " + bytesPerSecond + ", with which a check would hardly end;" + " use at least "
                            + LEAST_BYTES_PER_SECOND + ", or 0 for no limit.");
        }
        return new DeepVerification(bytesPerSecond, USUAL_SILENCE, progress);
    }
}
