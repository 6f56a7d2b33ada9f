package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Platform;
import java.util.Optional;

/**
 * Which children of an index are sent: those of the chosen platforms, those without a platform, and attestations (BuildKit's, of
 * platform {@code unknown/unknown}) with the sibling that they are about.
 */
final class IndexChoice {
    private static final String ATTESTATION_OF = "vnd.docker.reference.digest";

    private final PlatformList platforms;

    IndexChoice(PlatformList platforms) {
        this.platforms = requireNonNull(platforms, "platforms is null");
    }

    boolean isSent(IndexManifest index, Descriptor child) {
        if (platforms.isAll()) {
            return true;
        }
        String about = child.annotations().get(ATTESTATION_OF);
        if (about != null) {
            return index.manifests().stream()
                    .filter(sibling -> sibling.digest().toString().equals(about))
                    .allMatch(this::isOfPlatform);
        }
        return isOfPlatform(child);
    }

    private boolean isOfPlatform(Descriptor child) {
        Optional<Platform> platform = child.platform()
                .filter(found -> !found.os().isEmpty() && !found.os().equals("unknown"));
        return platform.isEmpty()
                || platforms.matches(
                        platform.get().os(),
                        platform.get().architecture(),
                        platform.get().variant());
    }
}
