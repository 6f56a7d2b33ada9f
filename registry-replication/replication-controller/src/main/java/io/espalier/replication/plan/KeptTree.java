package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
        int[] sequence = sequence(plan);
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

    /** Every node of a plan once, in the order of its tree. */
    static int[] sequence(TreePlan plan) {
        int[] order = plan.order();
        int[] unreached = plan.unreachable();
        int[] sequence = Arrays.copyOf(order, order.length + unreached.length);
        System.arraycopy(unreached, 0, sequence, order.length, unreached.length);
        return sequence;
    }

    Set<String> names() {
        return new HashSet<>(nodes);
    }

    /** The tree with times as they are predicted now; empty when it has other nodes than the network. */
    Optional<TreePlan> on(Network network, int root, PlanRequest request, Regions regions) {
        int[] sequence = new int[nodes.size()];
        for (int place = 0; place < sequence.length; place++) {
            sequence[place] = network.number(nodes.get(place)).orElse(-1);
        }
        if (network.size() != sequence.length
                || Arrays.stream(sequence).distinct().count() != sequence.length
                || Arrays.stream(sequence).anyMatch(node -> node < 0)
                || sequence[0] != root) {
            return Optional.empty();
        }
        int[] numbered = new int[sequence.length];
        for (int place = 0; place < sequence.length; place++) {
            int parent = parents.get(place);
            numbered[sequence[place]] = parent < 0 ? -1 : sequence[parent];
        }
        return Optional.of(TreePlan.of(planner, network, root, request, numbered, sequence, regions));
    }
}
