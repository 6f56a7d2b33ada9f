package io.espalier.registry.content;

import java.util.Map;
import java.util.Optional;

/** What a manifest says; see {@link ManifestReader}. */
public sealed interface ManifestView permits ImageManifest, IndexManifest {
    /** What it refers to, as the image that a signature signs. */
    Optional<Descriptor> subject();

    /** Its declared artifact type, empty if there is none. */
    String artifactType();

    Map<String, String> annotations();
}
