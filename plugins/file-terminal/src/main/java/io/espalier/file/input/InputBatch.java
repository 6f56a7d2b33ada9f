package io.espalier.file.input;

import java.util.List;

/**
 * What one poll brought from one partition.
 *
 * @param partition the partition
 * @param records in the order of their offsets, may be empty
 * @param nextOffset where the next poll goes on; all offsets below are done with, also those that hold no record
 */
public record InputBatch(int partition, List<InputRecord> records, long nextOffset) {
    public InputBatch {
        records = List.copyOf(records);
    }
}
