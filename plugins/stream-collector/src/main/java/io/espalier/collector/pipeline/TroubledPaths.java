package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a stream that cannot be read now; each trouble is logged once, and its end. Confined to the pipeline's thread. */
final class TroubledPaths {
    private static final Logger log = LoggerFactory.getLogger(TroubledPaths.class);

    private final StreamId stream;
    private final Set<Path> paths = new HashSet<>();

    TroubledPaths(StreamId stream) {
        this.stream = requireNonNull(stream, "stream is null");
    }

    void failed(Path path, IOException why) {
        if (paths.add(path)) {
            log.warn("Tried to read {} for stream {} but: {}. It is tried again.", path, stream, why.toString());
        }
    }

    void tooMany(Path path, int open) {
        if (paths.add(path)) {
            log.warn(
                    "Stream {} reads {} files already, so {} waits until one is done; raise max-files.",
                    stream,
                    open,
                    path);
        }
    }

    void readable(Path path) {
        if (paths.remove(path)) {
            log.info("Stream {} can read {} now.", stream, path);
        }
    }

    void gone(Path path) {
        paths.remove(path);
    }
}
