package io.espalier.collector.file;

/**
 * Cuts bytes into records: one record a line, without its newline; a line longer than the limit becomes several records.
 *
 * <p>Where a cut lies depends only on the bytes from the start of a record, never on how many happened to be read at once, so
 * that reading again after a crash gives the same records. Bytes are not decoded: a carriage return stays, an empty line is a
 * record. Confined to one thread.
 */
final class LineCutter {
    private final int maxLength;
    private int next;
    private boolean continues;

    LineCutter(int maxLength) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("max-record-bytes is " + maxLength + "; use at least 1.");
        }
        this.maxLength = maxLength;
    }

    /** How many bytes must be at hand so that {@link #cut} finds the end of any record. */
    int lookahead() {
        return maxLength + 1;
    }

    /**
     * Finds the end of the record that starts at {@code from}.
     *
     * @param last whether no byte will ever follow {@code to}, so that an unfinished line counts as one
     * @return the index after the record's last byte, or -1 if its end is not among the bytes
     */
    int cut(byte[] bytes, int from, int to, boolean last) {
        int searchEnd = Math.min(to, from + lookahead());
        for (int i = from; i < searchEnd; i++) {
            if (bytes[i] == '\n') {
                return found(i, i + 1, false);
            }
        }
        if (to - from > maxLength) {
            return found(from + maxLength, from + maxLength, true);
        }
        return last && to > from ? found(to, to, false) : -1;
    }

    private int found(int end, int nextStart, boolean cutShort) {
        next = nextStart;
        continues = cutShort;
        return end;
    }

    /** Where the record after the one just found starts. */
    int next() {
        return next;
    }

    /** Whether the record just found is a part of a line that goes on in the next record. */
    boolean continues() {
        return continues;
    }
}
