package io.espalier.collector.pipeline;

import io.espalier.collector.send.SendResult;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive records of one source that go in one report.
 *
 * @param source where they were read
 * @param firstSeq the sequence of the first
 * @param entries the records
 * @param ends the byte offset after each record
 * @param refusal set if this is a single record that the gateway will never take
 */
record Batch(
        Source source,
        long firstSeq,
        List<Report.Entry> entries,
        List<Long> ends,
        SendResult.@Nullable Refused refusal) {

    int size() {
        return entries.size();
    }

    long nextSeq() {
        return firstSeq + entries.size();
    }

    long end() {
        return ends.get(ends.size() - 1);
    }

    Report toReport(StreamId stream, String agent, long epoch) {
        return new Report(stream, agent, epoch, firstSeq, entries);
    }

    Batch part(int from, int to, SendResult.@Nullable Refused why) {
        return new Batch(source, firstSeq + from, entries.subList(from, to), ends.subList(from, to), why);
    }
}
