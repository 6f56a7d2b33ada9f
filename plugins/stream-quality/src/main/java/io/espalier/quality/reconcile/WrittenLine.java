package io.espalier.quality.reconcile;

import org.jspecify.annotations.Nullable;

/** The identity in one line of a written file; null and negative stand for what the line does not say. */
record WrittenLine(@Nullable String stream, @Nullable String agent, long epoch, long seq) {

    /** Whether the line says who sent the record, and where it stands. */
    boolean identified() {
        return stream != null && agent != null && epoch >= 0 && seq >= 0;
    }
}
