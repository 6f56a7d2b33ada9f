package io.espalier.file.writer;

import java.util.List;
import java.util.OptionalLong;

/**
 * A writer at one moment.
 *
 * @param state what it does
 * @param reason a sentence that says why it does not write; empty when it does
 * @param partitions one entry a partition, in their order; of the last time it could read when it cannot now
 */
public record WriterStatus(State state, String reason, List<PartitionStatus> partitions) {
    public WriterStatus {
        partitions = List.copyOf(partitions);
    }

    /** The records that wait in all partitions; empty when that is unknown. */
    public OptionalLong lag() {
        if (partitions.isEmpty() || partitions.stream().anyMatch(p -> p.lag() < 0)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                partitions.stream().mapToLong(PartitionStatus::lag).sum());
    }

    /** What a writer can be doing. */
    public enum State {
        /** On its way to the first records. */
        STARTING,
        /** Reads and writes. */
        WRITING,
        /** Kafka or the topic is not there; tries again. */
        NO_INPUT,
        /** The folder cannot be written; tries again. */
        NO_OUTPUT,
        /** Ended for good. */
        STOPPED
    }

    /**
     * One partition of a stream.
     *
     * @param partition the partition
     * @param nextOffset the next offset to be written
     * @param lag records that wait, or -1 when unknown
     * @param openFile the name of the file in flight, or empty
     * @param rolledFiles files made visible since the writer was created
     */
    public record PartitionStatus(int partition, long nextOffset, long lag, String openFile, long rolledFiles) {}
}
