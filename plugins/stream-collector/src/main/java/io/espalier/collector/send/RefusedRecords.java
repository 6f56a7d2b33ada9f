package io.espalier.collector.send;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.record.SourcePosition;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps the records that the gateway will never take, with the reason, so that a person can look after them. */
@FunctionalInterface
public interface RefusedRecords {
    /** Writes one record durably, or fails having written none. Each stream's records come from one thread. */
    void keep(StreamId stream, Refusal refusal) throws IOException;

    /**
     * One refused record.
     *
     * @param position its identity
     * @param timestampMillis when it was read
     * @param file the file it was read from
     * @param payload its bytes
     * @param code the gateway's code
     * @param sentence the gateway's reason
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Refusal(
            SourcePosition position, long timestampMillis, Path file, byte[] payload, String code, String sentence) {}
}
