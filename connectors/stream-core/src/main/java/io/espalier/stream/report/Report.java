package io.espalier.stream.report;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import java.util.List;

/**
 * The records of one stream that one source sends in one request; record {@code i} has sequence {@code firstSeq + i}.
 *
 * @param stream the one stream all records belong to
 * @param agent see {@link SourcePosition#agent}
 * @param epoch see {@link SourcePosition#epoch}
 * @param firstSeq the sequence of the first record
 * @param entries at least one record
 */
public record Report(StreamId stream, String agent, long epoch, long firstSeq, List<Entry> entries) {
    public Report {
        requireNonNull(stream, "stream is null");
        new SourcePosition(agent, epoch, firstSeq);
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("The report has no record; send at least one.");
        }
        if (firstSeq > Long.MAX_VALUE - entries.size()) {
            throw new IllegalArgumentException("firstSeq is " + firstSeq + "; with " + entries.size()
                    + " records the sequence leaves the range of 64 bits.");
        }
    }

    /** The identity of the record at {@code index}. */
    public SourcePosition position(int index) {
        return new SourcePosition(agent, epoch, firstSeq + index);
    }

    /** The sum of the payloads' lengths in bytes. */
    public long payloadBytes() {
        long sum = 0;
        for (Entry entry : entries) {
            sum += entry.payload().length;
        }
        return sum;
    }

    /**
     * One record: when it was read at its source, in milliseconds since 1970, and its bytes as received. The array is
     * handed over and must not be changed afterwards.
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(long timestampMillis, byte[] payload) {
        public Entry {
            requireNonNull(payload, "payload is null");
            if (timestampMillis < 0) {
                throw new IllegalArgumentException("ts is " + timestampMillis + "; it is never negative.");
            }
        }
    }
}
