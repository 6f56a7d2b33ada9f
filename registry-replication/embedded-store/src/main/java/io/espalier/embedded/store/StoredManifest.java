package io.espalier.embedded.store;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.ImageManifest;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.name.Digest;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A manifest that a repository shows.
 *
 * @param blobs that it names and that are to be here
 * @param children manifests that it names
 * @param artifactType as referrers are filtered by; empty if there is none
 * @param since when it was last put
 */
public record StoredManifest(
        Digest digest,
        String mediaType,
        long size,
        Set<Digest> blobs,
        Set<Digest> children,
        Optional<Digest> subject,
        String artifactType,
        Map<String, String> annotations,
        Instant since) {
    public StoredManifest {
        requireNonNull(digest, "digest is null");
        requireNonNull(mediaType, "mediaType is null");
        requireNonNull(subject, "subject is null");
        requireNonNull(artifactType, "artifactType is null");
        requireNonNull(since, "since is null");
        blobs = Set.copyOf(blobs);
        children = Set.copyOf(children);
        annotations = Map.copyOf(annotations);
    }

    static StoredManifest of(Digest digest, String mediaType, long size, ManifestView view, Instant since) {
        Set<Digest> blobs = new LinkedHashSet<>();
        Set<Digest> children = new LinkedHashSet<>();
        String type = view.artifactType();
        if (view instanceof ImageManifest image) {
            // Layers that their owner wants to be fetched elsewhere need not be here.
            image.blobs().stream().filter(blob -> !blob.isForeign()).forEach(blob -> blobs.add(blob.digest()));
            type = type.isEmpty() ? image.config().mediaType() : type;
        }
        if (view instanceof IndexManifest index) {
            index.manifests().forEach(child -> children.add(child.digest()));
        }
        return new StoredManifest(
                digest,
                mediaType,
                size,
                blobs,
                children,
                view.subject().map(Descriptor::digest),
                type,
                view.annotations(),
                since);
    }

    /** As referrers are listed. */
    Descriptor descriptor() {
        return new Descriptor(
                mediaType, digest, size, annotations, Optional.empty(), artifactType, java.util.List.of());
    }
}
