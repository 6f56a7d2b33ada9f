package io.espalier.tree.greedy;

import io.espalier.tree.network.Network;

/** What a child costs its parent: a round-trip time, or the seconds that a copy of the same data took. Thread-safe, pure. */
@FunctionalInterface
public interface CostFunction {
    /** The cost as {@code from} measured it, smaller is better, NaN when it is not known. */
    double of(Network network, int from, int to);
}
