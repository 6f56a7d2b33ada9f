package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.file.RecordSink;
import io.espalier.collector.settings.SendSettings;
import io.espalier.stream.report.Report;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers records of one source until they make a batch. Confined to the pipeline's thread. */
final class BatchBuilder implements RecordSink {
    private final int maxRecords;
    private final int maxBytes;
    private List<Report.Entry> entries = new ArrayList<>();
    private List<Long> ends = new ArrayList<>();
    private long bytes;
    private boolean declined;
    private long openedAt;
    private long nowMillis;
    private @Nullable Source source;

    BatchBuilder(SendSettings settings) {
        maxRecords = settings.batchRecords();
        maxBytes = settings.batchBytes();
    }

    /** Prepares for records of the source, read at this time. */
    void begin(Source from, long now) {
        nowMillis = System.currentTimeMillis();
        if (isEmpty()) {
            source = from;
            openedAt = now;
        }
    }

    @Override
    public boolean offer(byte[] payload, long end) {
        if (isFull() || (!isEmpty() && bytes + payload.length > maxBytes)) {
            declined = true;
            return false;
        }
        entries.add(new Report.Entry(nowMillis, payload));
        ends.add(end);
        bytes += payload.length;
        return true;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether no further record fits, or the next one at hand did not. */
    boolean isFull() {
        return declined || entries.size() >= maxRecords || bytes >= maxBytes;
    }

    int size() {
        return entries.size();
    }

    /** The source of the records gathered so far, if there are any. */
    @Nullable
    Source source() {
        return isEmpty() ? null : source;
    }

    /** When the first record was gathered, as of {@link System#nanoTime}. */
    long openedAt() {
        return openedAt;
    }

    /** Hands over what was gathered and starts anew; only when not empty. */
    Batch take() {
        Source from = requireNonNull(source, "source is null");
        Batch batch = new Batch(from, from.readSeq() - entries.size(), entries, ends, null);
        entries = new ArrayList<>();
        ends = new ArrayList<>();
        bytes = 0;
        declined = false;
        return batch;
    }
}
