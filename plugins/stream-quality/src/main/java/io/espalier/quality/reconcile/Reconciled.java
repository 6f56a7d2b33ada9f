package io.espalier.quality.reconcile;

import java.util.List;

/**
 * What the comparison found.
 *
 * @param streams streams of which something was read
 * @param read records that were read at the sources
 * @param written how many of them stand in the files
 * @param duplicates lines more than that, of the same records
 * @param strangers lines of records that the collector did not read: of other programs, or of sources it does not know
 * @param unreadable lines that are no JSON
 * @param findings sentences about losses and lines that are not as they should be; a bounded number
 */
public record Reconciled(
        int streams, long read, long written, long duplicates, long strangers, long unreadable, List<String> findings) {
    public Reconciled {
        findings = List.copyOf(findings);
    }

    /** Records that were read and stand in no file. */
    public long lost() {
        return read - written;
    }
}
