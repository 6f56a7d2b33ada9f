package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;

/**
 * How far a node is that reads an image back.
 *
 * @param hashed bytes so far
 * @param bytes to be hashed; 0 while that is not known
 */
public record CheckProgress(NodeId node, long hashed, long bytes) {
    public CheckProgress {
        requireNonNull(node, "node is null");
    }
}
