package io.espalier.stream.stage;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.util.Map;

/**
 * What one stage has counted for one stream since the stage started.
 *
 * @param stream the stream
 * @param counts measure name to value; names are those of {@link Measure}
 */
public record StreamCounts(StreamId stream, Map<Measure, Long> counts) {
    public StreamCounts {
        requireNonNull(stream, "stream is null");
        counts = Map.copyOf(counts);
    }

    /** What a stage can count. Records unless said otherwise. */
    public enum Measure {
        /** Read at the source by the collector. */
        READ,
        /** Acknowledged to the collector by the gateway. */
        ACKNOWLEDGED,
        /** Waiting in the gateway's request queue, now. */
        QUEUED,
        /** Requests pushed back because the queue was full. */
        PUSHED_BACK,
        /** Stored in Kafka by the gateway. */
        STORED,
        /** Written by a terminal. */
        WRITTEN,
        /** In the topic and not yet written by the terminal, now. */
        LAG,
        /** 99th percentile in milliseconds from read at the source to written by the terminal. */
        LATENCY_P99_MILLIS
    }
}
