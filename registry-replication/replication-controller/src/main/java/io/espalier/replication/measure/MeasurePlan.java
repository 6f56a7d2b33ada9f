package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.replication.size.ByteSize;
import java.util.List;

/**
 * What a measurement will do.
 *
 * @param rounds one after another; the orders of a round at the same time
 * @param copyBytes of one copy; 0 when none is made
 * @param left pairs that the limit leaves out
 */
public record MeasurePlan(MeasureMode mode, List<List<MeasureOrder>> rounds, long copyBytes, int left) {
    public MeasurePlan {
        requireNonNull(mode, "mode is null");
        rounds = rounds.stream().map(List::copyOf).toList();
    }

    /** How many directed pairs are measured. */
    public int pairs() {
        return rounds.stream()
                .flatMap(List::stream)
                .mapToInt(order -> order.peers().size())
                .sum();
    }

    /** What is sent over all links together, besides requests. */
    public long bytes() {
        return pairs() * copyBytes;
    }

    /** The same as a sentence. */
    public String sentence() {
        if (mode != MeasureMode.COPY) {
            return "Measures " + pairs() + " pairs by " + mode.name().toLowerCase(java.util.Locale.ROOT) + ".";
        }
        return "Copies " + ByteSize.text(copyBytes) + " over each of " + pairs() + " links in " + rounds.size()
                + " rounds, " + ByteSize.text(bytes()) + " in all; no node takes part in two copies at a time."
                + (left == 0 ? "" : " The limit leaves out " + left + " links.");
    }
}
