package io.espalier.quality.finish;

import static java.util.Objects.requireNonNull;

import io.espalier.quality.reconcile.Reconciled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run ended.
 *
 * @param counts the comparison of what was read with what is written
 * @param unacknowledged records that the gateway had not acknowledged when the time was over
 * @param published whether the terminal made everything visible in time
 * @param p99Millis the 99th percentile from read to written over the run, as the terminal measured it; empty when it measured none
 */
public record FinishedRun(Reconciled counts, long unacknowledged, boolean published, OptionalLong p99Millis) {
    public FinishedRun {
        requireNonNull(counts, "counts is null");
    }

    /** The line that {@code ./run} ends with. */
    public String closingLine() {
        return "run streams=" + counts.streams() + " read=" + counts.read() + " stored="
                + (counts.read() - unacknowledged) + " written=" + counts.written() + " lost=" + counts.lost()
                + " duplicates=" + counts.duplicates() + " p99_ms=" + p99Millis.orElse(0);
    }

    /** Why the run counts as failed, in a sentence; empty when records flowed and none is lost. */
    public Optional<String> failure() {
        List<String> reasons = new ArrayList<>();
        if (counts.read() == 0) {
            reasons.add(
                    "no record was read at any source (is the collector running, and do its sources hold anything?)");
        }
        if (unacknowledged > 0) {
            reasons.add(
                    unacknowledged
                            + " records were read and not acknowledged by the gateway in time (stream:top shows where they wait)");
        }
        if (!published) {
            reasons.add(
                    "the file terminal did not write all streams in time (file:writers shows which wait, and for what)");
        }
        if (counts.lost() > 0) {
            reasons.add(counts.lost() + " of " + counts.read() + " records that were read are in no file");
        }
        return reasons.isEmpty()
                ? Optional.empty()
                : Optional.of("The run did not finish well: " + String.join("; ", reasons) + ".");
    }
}
