package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;

/**
 * What a node's registry has of an image.
 *
 * @param digest of the tag there; empty when it has none or did not say
 * @param right whether it is whole and of the master's digest
 * @param problem what is wrong; empty when it is right
 */
public record Verdict(NodeId node, String digest, boolean right, String problem) {
    public Verdict {
        requireNonNull(node, "node is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(problem, "problem is null");
    }
}
