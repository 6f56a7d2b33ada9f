package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.plan.TreePlan;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The shape of a tree by names, independent of what is known about the network.
 *
 * @param nodes in the order of the tree: every one after its parent; those that it does not reach are last
 * @param parents the place in {@code nodes} of each one's parent; -1 for the root and for what is not reached
 */
record KeptTree(String planner, List<String> nodes, List<Integer> parents) {
    KeptTree {
        requireNonNull(planner, "planner is null");
        nodes = List.copyOf(nodes);
        parents = List.copyOf(parents);
        if (nodes.size() != parents.size() || nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    "A tree of " + nodes.size() + " nodes cannot have " + parents.size() + " parents.");
        }
        for (int place = 0; place < parents.size(); place++) {
            if (parents.get(place) < -1 || parents.get(place) >= place) {
                throw new IllegalArgumentException(
                        "The parent of " + nodes.get(place) + " does not stand before it in the tree.");
            }
        }
    }

    static KeptTree of(TreePlan plan) {
        int[] sequence = plan.sequence();
        int[] places = new int[sequence.length];
        for (int place = 0; place < sequence.length; place++) {
            places[sequence[place]] = place;
        }
        return new KeptTree(
                plan.planner(),
                Arrays.stream(sequence).mapToObj(plan.network()::id).toList(),
                Arrays.stream(sequence)
                        .map(node -> plan.parent(node) < 0 ? -1 : places[plan.parent(node)])
                        .boxed()
                        .toList());
    }

    Set<String> names() {
        return new HashSet<>(nodes);
    }

    /** The network's number of each of the nodes; none when the tree has other nodes or another root. */
    int[] sequenceOn(Network network, int root) {
        int[] sequence = new int[nodes.size()];
        for (int place = 0; place < sequence.length; place++) {
            sequence[place] = network.number(nodes.get(place)).orElse(-1);
        }
        boolean same = network.size() == sequence.length
                && Arrays.stream(sequence).distinct().count() == sequence.length
                && Arrays.stream(sequence).allMatch(node -> node >= 0)
                && sequence[0] == root;
        return same ? sequence : new int[0];
    }

    /** The parent of each node by the network's numbers. */
    int[] parentsOn(int[] sequence) {
        int[] numbered = new int[sequence.length];
        for (int place = 0; place < sequence.length; place++) {
            int parent = parents.get(place);
            numbered[sequence[place]] = parent < 0 ? -1 : sequence[parent];
        }
        return numbered;
    }
}
