package io.espalier.registry.content;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An index of manifests, or of further indexes. */
public record IndexManifest(
        List<Descriptor> manifests, Optional<Descriptor> subject, String artifactType, Map<String, String> annotations)
        implements ManifestView {

    public IndexManifest {
        requireNonNull(subject, "subject is null");
        requireNonNull(artifactType, "artifactType is null");
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }
}
