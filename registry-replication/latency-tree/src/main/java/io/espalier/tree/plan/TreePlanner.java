package io.espalier.tree.plan;

import io.espalier.tree.network.Network;

/** Makes a tree out of what is known. Implementations are immutable, thread-safe, and give the same plan for the same input. */
public interface TreePlanner {
    /**
     * A tree over all nodes that can be reached; those that cannot are in {@link TreePlan#unreachable()}.
     *
     * @throws IllegalArgumentException when the network has no node {@code root}
     */
    TreePlan plan(Network network, int root, PlanRequest request);
}
