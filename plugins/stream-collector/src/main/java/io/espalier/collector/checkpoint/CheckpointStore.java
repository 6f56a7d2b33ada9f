package io.espalier.collector.checkpoint;

import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps checkpoints, one a stream. Each stream's checkpoint is used by one thread, different streams' by many. */
public interface CheckpointStore {
    /** The streams that have a checkpoint. */
    List<StreamId> streams();

    /**
     * Reads a stream's checkpoint; one that cannot be understood is moved aside, with a warning, and counts as none.
     *
     * @return nothing if the stream has none
     * @throws IOException if there is one that cannot be read now
     */
    Optional<Checkpoint> load(StreamId stream) throws IOException;

    /** Replaces a stream's checkpoint at once and durably: after a crash at any moment there is the old one or the new one. */
    void save(StreamId stream, Checkpoint checkpoint) throws IOException;
}
