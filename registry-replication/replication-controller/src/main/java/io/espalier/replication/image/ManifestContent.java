package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageClosure.BlobRef;
import java.util.List;
import java.util.Optional;

/**
 * What a manifest or an index names.
 *
 * @param mediaType as it is pushed with
 * @param children of an index; none of a manifest
 * @param blobs configuration first, then layers; none of an index
 * @param subject digest that it refers to
 */
public record ManifestContent(
        String mediaType, List<Child> children, List<BlobRef> blobs, Optional<String> subject) {
    /**
     * An entry of an index.
     *
     * @param os empty when the entry names no platform
     * @param about digest of the sibling that an attestation is about; empty for all others
     */
    public record Child(String digest, String mediaType, String os, String architecture, String variant, String about) {
        public Child {
            requireNonNull(digest, "digest is null");
            requireNonNull(mediaType, "mediaType is null");
            requireNonNull(os, "os is null");
            requireNonNull(architecture, "architecture is null");
            requireNonNull(variant, "variant is null");
            requireNonNull(about, "about is null");
        }

        boolean hasPlatform() {
            return !os.isEmpty() && !os.equals("unknown");
        }
    }

    public ManifestContent {
        requireNonNull(mediaType, "mediaType is null");
        children = List.copyOf(children);
        blobs = List.copyOf(blobs);
        requireNonNull(subject, "subject is null");
    }

    /** The children that a platform filter lets through: those without a platform always, attestations with their sibling. */
    public List<Child> children(PlatformList platforms) {
        if (platforms.isAll()) {
            return children;
        }
        List<String> sent = children.stream()
                .filter(child -> child.hasPlatform()
                        && platforms.matches(child.os(), child.architecture(), child.variant()))
                .map(Child::digest)
                .toList();
        return children.stream()
                .filter(child -> sent.contains(child.digest())
                        || (!child.hasPlatform() && (child.about().isEmpty() || sent.contains(child.about()))))
                .toList();
    }
}
