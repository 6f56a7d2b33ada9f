package io.espalier.kernel.deploy;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A whole jar in the drop folder.
 *
 * @param digest SHA-256 of its content, in hex
 * @param detected when it was found complete
 */
public record DroppedJar(Path file, String digest, Instant detected) {
    public DroppedJar {
        requireNonNull(file, "file is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(detected, "detected is null");
    }
}
