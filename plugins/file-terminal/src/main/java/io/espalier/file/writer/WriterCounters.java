package io.espalier.file.writer;

import java.util.concurrent.atomic.AtomicLong;

/** What one writer counts. Written by its thread, read by all. */
final class WriterCounters {
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong foreign = new AtomicLong();

    void wrote(long records, long foreignOnes) {
        written.addAndGet(records);
        foreign.addAndGet(foreignOnes);
    }

    /** Records that had been counted are to be written again. */
    void gaveUp(long records) {
        written.addAndGet(-records);
    }

    long written() {
        return written.get();
    }

    long foreign() {
        return foreign.get();
    }
}
