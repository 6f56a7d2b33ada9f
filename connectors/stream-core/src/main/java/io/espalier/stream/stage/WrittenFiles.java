package io.espalier.stream.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** A file terminal's output as the reconciliation reads it back. */
public interface WrittenFiles {
    /**
     * Makes everything that is in the topics now visible under {@link #folder}, or gives up at the time limit.
     *
     * @return whether all of it is visible
     */
    boolean publishAll(Duration limit) throws IOException;

    /**
     * The time from a record's reading at its source to the writing of its line, over all records of all streams that were
     * written since the terminal started. It is measured when each line is written, not derived from the files.
     *
     * @param percentile above 0, at most 100
     * @return milliseconds; empty when no record with a time has been written
     */
    OptionalLong latencyMillis(double percentile);

    /** The folder below which committed {@code *.jsonl} files stand (docs/formats/files.md). */
    Path folder();
}
