package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.util.List;

/** One node measures these peers, one after another. */
public record MeasureOrder(NodeId node, List<NodeId> peers) {
    public MeasureOrder {
        requireNonNull(node, "node is null");
        peers = List.copyOf(peers);
    }
}
