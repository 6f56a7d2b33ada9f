package io.espalier.stream.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A file terminal's output as the reconciliation reads it back. */
public interface WrittenFiles {
    /**
     * Makes everything that is in the topics now visible under {@link #folder}, or gives up at the time limit.
     *
     * @return whether all of it is visible
     */
    boolean publishAll(Duration limit) throws IOException;

    /** The folder below which committed {@code *.jsonl} files stand (docs/formats/record.md, "Files"). */
    Path folder();
}
