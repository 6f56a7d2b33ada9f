package io.espalier.harbor.node;

import static java.util.Objects.requireNonNull;

/** One hop of the tree: the parent's Harbor pushes to the child's. */
public record HarborEdge(HarborNode parent, HarborNode child) {
    public HarborEdge {
        requireNonNull(parent, "parent is null");
        requireNonNull(child, "child is null");
        if (parent.name().equals(child.name())) {
            throw new IllegalArgumentException("The Harbor '" + parent.name() + "' cannot be its own parent.");
        }
    }

    @Override
    public String toString() {
        return parent.name() + " -> " + child.name();
    }
}
