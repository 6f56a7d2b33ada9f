package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ManifestPart;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that belongs to an image, proved to be in the master's registry.
 *
 * @param digest of the manifest that the name points at
 * @param blobs each once, in the order of the manifests that name them
 * @param manifests children before their index, then referrers
 * @param companions digests by the tags of signatures and referrers, in the order of setting
 * @param leftOut digests of an index's children that the platform filter keeps back; the index still names them
 */
public record ImageClosure(
        ImageName name,
        String digest,
        List<BlobRef> blobs,
        List<ManifestPart> manifests,
        Map<String, String> companions,
        List<String> leftOut) {
    /** A blob that a manifest names. */
    public record BlobRef(String digest, long size) {
        public BlobRef {
            requireNonNull(digest, "digest is null");
        }
    }

    public ImageClosure {
        requireNonNull(name, "name is null");
        requireNonNull(digest, "digest is null");
        blobs = List.copyOf(blobs);
        manifests = List.copyOf(manifests);
        companions = Collections.unmodifiableMap(new LinkedHashMap<>(companions));
        leftOut = List.copyOf(leftOut);
    }

    /** Bytes of all blobs. */
    public long bytes() {
        return blobs.stream().mapToLong(BlobRef::size).sum();
    }
}
