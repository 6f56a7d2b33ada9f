package io.espalier.replication.removal;

import io.espalier.relay.protocol.NodeId;
import java.util.List;

/**
 * What a removal would do at a node.
 *
 * @param outcome word of a {@code RemovalOutcome}; empty when the node did not say
 * @param tags that would go
 * @param manifests that would go
 * @param sentence what would stay and why; may be empty
 */
public record NodePreview(NodeId node, String outcome, List<String> tags, List<String> manifests, String sentence) {
    public NodePreview {
        tags = List.copyOf(tags);
        manifests = List.copyOf(manifests);
    }
}
