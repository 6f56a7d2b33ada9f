package io.espalier.replication.archive;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobSource;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.name.Digest;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.Map;

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

    /** The same as it will be in a registry. */
    ImageClosure closure(ImageName name) {
        return new ImageClosure(
                name,
                own().digest().toString(),
                blobs.stream()
                        .map(blob -> new BlobRef(blob.digest().toString(), blob.size()))
                        .toList(),
                manifests.stream()
                        .map(manifest ->
                                new ManifestPart(manifest.digest().toString(), manifest.mediaType(), manifest.bytes()))
                        .toList(),
                Map.of(),
                List.of());
    }

    Manifest own() {
        return manifests.get(manifests.size() - 1);
    }
}
