package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Where a node gets a transfer from: one tree for all chunks, or a tree for each {@link Stripe}.
 *
 * @param branches that of stripe {@code i} at place {@code i}; empty at the root, whose own registry is the source
 */
public record Route(List<Branch> branches) {
    /**
     * The sources of one stripe.
     *
     * @param sources the parent first, then the backups in the order in which they are tried when it fails; never of the node's own
     *     subtree in this stripe's tree; at least one
     * @param expectedBytesPerSecond what the plan predicts for the link to the parent; 0 when not known
     */
    public record Branch(List<PeerAddress> sources, long expectedBytesPerSecond) {
        public Branch {
            sources = List.copyOf(sources);
            if (sources.isEmpty()) {
                throw new IllegalArgumentException("A branch of a route needs a source; the root has no branches.");
            }
        }

        public PeerAddress parent() {
            return sources.get(0);
        }
    }

    public Route {
        branches = List.copyOf(requireNonNull(branches, "branches is null"));
        if (branches.size() > Stripe.MOST) {
            throw new IllegalArgumentException(
                    "A route of " + branches.size() + " stripes is too much; " + Stripe.MOST + " are possible.");
        }
    }

    /** By one tree. */
    public static Route along(List<PeerAddress> sources, long expectedBytesPerSecond) {
        return new Route(List.of(new Branch(sources, expectedBytesPerSecond)));
    }

    /** The node is the source. */
    public static Route root() {
        return new Route(List.of());
    }

    public boolean isRoot() {
        return branches.isEmpty();
    }

    /** How many stripes there are, 1 at the root. */
    public int stripes() {
        return Math.max(1, branches.size());
    }
}
