package io.espalier.embedded.layout;

import io.espalier.registry.name.Digest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A blob whose bytes were read and are right, but that does not show yet.
 *
 * @param file where they are; empty if the store has had them already
 */
public record StagedBlob(Digest digest, long size, Optional<Path> file) {}
