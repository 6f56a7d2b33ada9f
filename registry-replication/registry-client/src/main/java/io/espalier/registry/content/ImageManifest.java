package io.espalier.registry.content;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A manifest with configuration and layers: an image or an artifact. */
public record ImageManifest(
        Descriptor config,
        List<Descriptor> layers,
        Optional<Descriptor> subject,
        String artifactType,
        Map<String, String> annotations)
        implements ManifestView {

    public ImageManifest {
        requireNonNull(config, "config is null");
        requireNonNull(subject, "subject is null");
        requireNonNull(artifactType, "artifactType is null");
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    /** Layers and configuration, each digest once, the configuration last as registries want it. */
    public List<Descriptor> blobs() {
        Map<Object, Descriptor> found = new LinkedHashMap<>();
        layers.forEach(layer -> found.putIfAbsent(layer.digest(), layer));
        found.putIfAbsent(config.digest(), config);
        return List.copyOf(found.values());
    }
}
