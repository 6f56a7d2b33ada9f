package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a push would do.
 *
 * @param bytes of all blobs
 * @param leftOut children of the index that the platform filter keeps back
 * @param parts one for each member, the master first
 */
public record Preview(
        ImageName image, String digest, int manifests, int blobs, long bytes, List<String> leftOut, List<Part> parts) {
    /**
     * What one node would get.
     *
     * @param parent from whom; several with {@code ", "} between them when the image goes in stripes; empty for the master
     * @param bytes blobs that it is not known to have
     * @param predicted until it has the image; empty when nothing is known or it is not connected
     */
    public record Part(NodeId node, boolean connected, String parent, long bytes, Optional<Duration> predicted) {
        public Part {
            requireNonNull(node, "node is null");
            requireNonNull(parent, "parent is null");
            requireNonNull(predicted, "predicted is null");
        }
    }

    public Preview {
        requireNonNull(image, "image is null");
        requireNonNull(digest, "digest is null");
        leftOut = List.copyOf(leftOut);
        parts = List.copyOf(parts);
    }
}
