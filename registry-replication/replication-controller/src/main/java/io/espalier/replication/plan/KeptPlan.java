package io.espalier.replication.plan;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.stripe.StripedPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a plan by names: a tree for each stripe.
 *
 * @param trees of the same planner and the same nodes
 */
record KeptPlan(List<KeptTree> trees) {
    KeptPlan {
        trees = List.copyOf(trees);
        Set<String> planners = new HashSet<>();
        Set<Set<String>> nodes = new HashSet<>();
        for (KeptTree tree : trees) {
            planners.add(tree.planner());
            nodes.add(tree.names());
        }
        if (planners.size() != 1 || nodes.size() != 1) {
            throw new IllegalArgumentException(
                    "The stripes of a plan need trees of one planner and of the same nodes; these" + " are of "
                            + planners.size() + " planners and " + nodes.size() + " sets of nodes.");
        }
    }

    static KeptPlan of(StripedPlan plan) {
        return new KeptPlan(plan.trees().stream().map(KeptTree::of).toList());
    }

    String planner() {
        return trees.get(0).planner();
    }

    int stripes() {
        return trees.size();
    }

    int size() {
        return trees.get(0).nodes().size();
    }

    Set<String> names() {
        return trees.get(0).names();
    }

    /** The plan with times as they are predicted now; empty when it has other nodes than the network. */
    Optional<StripedPlan> on(Network network, int root, PlanRequest request, Regions regions) {
        List<int[]> parents = new ArrayList<>();
        List<int[]> sequences = new ArrayList<>();
        for (KeptTree tree : trees) {
            int[] sequence = tree.sequenceOn(network, root);
            if (sequence.length == 0) {
                return Optional.empty();
            }
            sequences.add(sequence);
            parents.add(tree.parentsOn(sequence));
        }
        return Optional.of(StripedPlan.of(planner(), network, root, request, parents, sequences, regions));
    }
}
