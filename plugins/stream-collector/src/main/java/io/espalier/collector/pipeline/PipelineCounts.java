package io.espalier.collector.pipeline;

import java.util.concurrent.atomic.AtomicLong;

/** What a pipeline has counted since it started; written by its thread, read by any. */
public final class PipelineCounts {
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong parts = new AtomicLong();

    void addRead(long records) {
        read.addAndGet(records);
    }

    void addAcknowledged(long records) {
        acknowledged.addAndGet(records);
    }

    void addRefused() {
        refused.incrementAndGet();
    }

    void addParts(long records) {
        parts.addAndGet(records);
    }

    /** Records read. */
    public long read() {
        return read.get();
    }

    /** Records acknowledged by the gateway. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Records that the gateway will never take; they are in the side file. */
    public long refused() {
        return refused.get();
    }

    /** Records that are parts of lines longer than max-record-bytes and go on in the next record. */
    public long parts() {
        return parts.get();
    }
}
