package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import java.time.Instant;
import java.util.List;

/**
 * What a measurement has brought.
 *
 * @param asked pairs that were to be measured
 * @param measured pairs with a result
 * @param problems sentences about the others, the first few
 * @param finished empty while it runs
 */
public record MeasureReport(
        String id,
        MeasureMode mode,
        int asked,
        int measured,
        long bytes,
        List<String> problems,
        Instant started,
        java.util.Optional<Instant> finished) {
    public MeasureReport {
        requireNonNull(id, "id is null");
        requireNonNull(mode, "mode is null");
        problems = List.copyOf(problems);
        requireNonNull(started, "started is null");
        requireNonNull(finished, "finished is null");
    }

    /** The same as a sentence. */
    public String sentence() {
        String mode = mode().name().toLowerCase(java.util.Locale.ROOT);
        String text = "Measured " + measured + " of " + asked + " pairs by " + mode
                + (finished.isPresent() ? "." : "; it still runs.");
        return problems.isEmpty() ? text : text + " " + String.join(" ", problems);
    }
}
