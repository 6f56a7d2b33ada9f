package io.espalier.replication.archive;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobSource;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.name.Digest;
import java.util.List;

/**
 * An image found in an archive; readable while the archive is open.
 *
 * @param manifests children first, the image's own last
 * @param blobs each once
 */
record ArchivedImage(List<Manifest> manifests, List<Blob> blobs) {
    /** A blob; its bytes are read anew each time. */
    record Blob(Digest digest, long size, BlobSource source) {
        Blob {
            requireNonNull(digest, "digest is null");
            requireNonNull(source, "source is null");
        }
    }

    ArchivedImage {
        manifests = List.copyOf(manifests);
        blobs = List.copyOf(blobs);
    }

    Manifest own() {
        return manifests.get(manifests.size() - 1);
    }
}
