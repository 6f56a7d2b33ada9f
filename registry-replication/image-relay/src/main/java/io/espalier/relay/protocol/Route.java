package io.espalier.relay.protocol;

import java.util.List;

/**
 * Where a node gets a transfer from.
 *
 * @param sources the parent first, then the backups in the order in which they are tried when it fails; never of the node's own
 *     subtree; empty at the root, whose own registry is the source
 * @param expectedBytesPerSecond what the plan predicts for the link to the parent; 0 when not known
 */
public record Route(List<PeerAddress> sources, long expectedBytesPerSecond) {
    public Route {
        sources = List.copyOf(sources);
    }

    /** The node is the source. */
    public static Route root() {
        return new Route(List.of(), 0);
    }

    public boolean isRoot() {
        return sources.isEmpty();
    }
}
