package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * What came of a test.
 *
 * @param sentence that says why
 * @param exitCode of the container's program, if it ended
 * @param logs the last 64 KiB that it printed
 */
public record SmokeResult(Outcome outcome, String sentence, OptionalInt exitCode, Duration took, String logs) {
    public static final int MOST_LOG_BYTES = 64 << 10;

    /** Good, bad, or not known. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** The engine was away or failed, so nothing is known of the image. */
        UNDECIDED,
        /** The image is not in the registry any more, so there is nothing to test. */
        GONE;

        /** Whether something is known of the image. */
        public boolean isVerdict() {
            return this == PASSED || this == FAILED;
        }
    }

    public SmokeResult {
        requireNonNull(outcome, "outcome is null");
        requireNonNull(sentence, "sentence is null");
        requireNonNull(exitCode, "exitCode is null");
        requireNonNull(took, "took is null");
        requireNonNull(logs, "logs is null");
    }

    /** One without a container. */
    public static SmokeResult without(Outcome outcome, String sentence) {
        return new SmokeResult(outcome, sentence, OptionalInt.empty(), Duration.ZERO, "");
    }
}
