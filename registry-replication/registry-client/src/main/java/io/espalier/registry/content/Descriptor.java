package io.espalier.registry.content;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pointer to content.
 *
 * @param size bytes
 * @param platform in an index, if given
 * @param artifactType of what it points to, empty if not given
 * @param urls where a foreign layer may be fetched, mostly none
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Map<String, String> annotations,
        Optional<Platform> platform,
        String artifactType,
        List<String> urls) {

    public Descriptor {
        requireNonNull(mediaType, "mediaType is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(platform, "platform is null");
        requireNonNull(artifactType, "artifactType is null");
        annotations = Map.copyOf(annotations);
        urls = List.copyOf(urls);
        if (size < 0) {
            throw new IllegalArgumentException("The size of " + digest + " is " + size + "; it must not be negative.");
        }
    }

    /** One with nothing but the three that must be there. */
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, Map.of(), Optional.empty(), "", List.of());
    }

    /** Whether the layer is meant to be fetched from elsewhere; registries may not hold its bytes. */
    public boolean isForeign() {
        return !urls.isEmpty() || MediaTypes.isForeignLayer(mediaType);
    }
}
