package io.espalier.collector;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.pipeline.SourceStatus;
import io.espalier.stream.id.StreamId;
import java.util.List;

/**
 * How far a stream is, for people.
 *
 * @param stream the stream
 * @param sources its sources, in the order in which they were found
 * @param read records read since the collector started
 * @param acknowledged records acknowledged by the gateway since then
 * @param refused records that the gateway will never take, kept in the side file, since then
 * @param parts records since then that are parts of lines longer than max-record-bytes and go on in the next record
 * @param trouble why records are not sent at present; empty if nothing is wrong
 */
public record StreamStatus(
        StreamId stream,
        List<SourceStatus> sources,
        long read,
        long acknowledged,
        long refused,
        long parts,
        String trouble) {
    public StreamStatus {
        requireNonNull(stream, "stream is null");
        requireNonNull(trouble, "trouble is null");
        sources = List.copyOf(sources);
    }
}
