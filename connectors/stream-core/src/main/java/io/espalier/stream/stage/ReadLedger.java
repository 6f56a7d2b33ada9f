package io.espalier.stream.stage;

import io.espalier.stream.id.StreamId;
import java.util.List;

/** The collector's account of what it has read, by source; the one side of the reconciliation of a run. */
public interface ReadLedger {
    /** Stops reading at every source; what is read already is still sent. Idempotent, returns at once. */
    void stopReading();

    /** Every source of this store, also those of earlier runs; safe for use by many threads. */
    List<SourceRead> sources();

    /** Records {@code 0 .. nextSeq-1} of the source have been read; those below {@code acknowledgedSeq} are acknowledged. */
    record SourceRead(StreamId stream, String agent, long epoch, long nextSeq, long acknowledgedSeq) {}
}
