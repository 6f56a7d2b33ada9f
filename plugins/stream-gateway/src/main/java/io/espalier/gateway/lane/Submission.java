package io.espalier.gateway.lane;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.record.SourcePosition;
import io.espalier.stream.report.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checked records of one stream on their way into its queue.
 *
 * @param stream the stream as defined at this moment
 * @param first the identity of the first record, or null if the gateway is to give one
 * @param entries at least one record
 */
public record Submission(StreamDefinition stream, @Nullable SourcePosition first, List<Report.Entry> entries) {
    /** What a record costs in memory beside its payload. */
    private static final int RECORD_OVERHEAD = 48;

    public Submission {
        requireNonNull(stream, "stream is null");
        entries = List.copyOf(entries);
    }

    /** About how many bytes of memory the submission holds; this is what the queue's byte bound counts. */
    public long weight() {
        long weight = 0;
        for (Report.Entry entry : entries) {
            weight += entry.payload().length + RECORD_OVERHEAD;
        }
        return weight;
    }
}
