package io.espalier.collector.file;

/** Takes the records of a file one by one. */
@FunctionalInterface
public interface RecordSink {
    /**
     * Takes a record, or leaves it if there is no room.
     *
     * @param payload handed over
     * @param end the byte offset in the file after the record and its newline
     * @return whether it was taken; if not, it is offered again with the next read
     */
    boolean offer(byte[] payload, long end);
}
