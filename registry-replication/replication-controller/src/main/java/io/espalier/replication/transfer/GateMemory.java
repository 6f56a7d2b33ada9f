package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this master ever had a release gate: a file that is there or not. One caller at a time, but {@link #seen} is for any. */
final class GateMemory {
    private static final Logger LOG = LoggerFactory.getLogger(GateMemory.class);

    private final Optional<Path> file;
    private volatile boolean seen;

    /** @param file empty: of this run alone */
    GateMemory(Optional<Path> file) {
        this.file = requireNonNull(file, "file is null");
        this.seen = file.filter(Files::exists).isPresent();
    }

    boolean seen() {
        return seen;
    }

    void note() {
        if (seen) {
            return;
        }
        seen = true;
        try {
            if (file.isPresent()) {
                DurableFiles.replace(file.get(), new byte[0]);
            }
        } catch (IOException e) {
            LOG.warn(
                    "That there is a release gate cannot be noted ('{}'): after a start without it images would be replicated"
                            + " unjudged; set 'release-gate' to 'required'.",
                    e.getMessage());
        }
    }

    void forget() {
        seen = false;
        try {
            if (file.isPresent()) {
                Files.deleteIfExists(file.get());
            }
        } catch (IOException e) {
            LOG.warn("Tried to delete {} but got '{}'; delete it by hand.", file.get(), e.getMessage());
        }
    }
}
