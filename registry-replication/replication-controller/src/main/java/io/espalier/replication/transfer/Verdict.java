package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;

/**
 * What a node's registry has of an image.
 *
 * @param digest of the tag there; empty when it has none or did not say
 * @param right whether it is whole and of the master's digest
 * @param problem what is wrong, or why nothing is known; empty when it is right
 * @param known false when the node or its registry could not be asked, so that the image may be right there
 */
public record Verdict(NodeId node, String digest, boolean right, String problem, boolean known) {
    /** Of a registry that answered. */
    public Verdict(NodeId node, String digest, boolean right, String problem) {
        this(node, digest, right, problem, true);
    }

    /** Of one that could not be asked. */
    static Verdict unknown(NodeId node, String why) {
        return new Verdict(node, "", false, why, false);
    }

    public Verdict {
        requireNonNull(node, "node is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(problem, "problem is null");
    }
}
