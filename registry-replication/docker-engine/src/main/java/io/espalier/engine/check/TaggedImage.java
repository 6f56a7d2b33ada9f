package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * An image in the engine.
 *
 * @param tags its names, as {@code host/repository:tag}
 * @param digests under which it was pulled, as {@code host/repository@sha256:...}
 */
public record TaggedImage(String id, List<String> tags, List<String> digests) {
    public TaggedImage {
        requireNonNull(id, "id is null");
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
    }
}
