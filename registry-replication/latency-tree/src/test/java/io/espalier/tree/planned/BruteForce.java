package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.plan.CompletionModel;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.Prediction;
import java.util.Arrays;

/** The least predicted time over all trees with this root; up to eight nodes (262,144 trees). */
final class BruteForce {
    private final Network network;
    private final int root;
    private final CompletionModel model;
    private final int[] parents;
    private double least = Double.POSITIVE_INFINITY;
    private long trees;

    private BruteForce(Network network, int root, PlanRequest request) {
        this.network = network;
        this.root = root;
        model = new CompletionModel(network, request, true);
        parents = new int[network.size()];
        Arrays.fill(parents, -1);
    }

    static double leastSeconds(Network network, int root, PlanRequest request) {
        BruteForce search = new BruteForce(network, root, request);
        search.choose(0);
        double expected = Math.pow(network.size(), network.size() - 2.0);
        if (search.trees != Math.round(Math.max(1, expected))) {
            throw new IllegalStateException(search.trees + " trees were tried instead of " + expected + ".");
        }
        return search.least;
    }

    private void choose(int node) {
        if (node == network.size()) {
            trees++;
            Prediction prediction = model.predict(root, parents);
            least = Math.min(least, prediction.completion());
        } else if (node == root) {
            choose(node + 1);
        } else {
            for (int parent = 0; parent < network.size(); parent++) {
                if (!leadsTo(parent, node)) {
                    parents[node] = parent;
                    choose(node + 1);
                    parents[node] = -1;
                }
            }
        }
    }

    private boolean leadsTo(int from, int node) {
        for (int at = from; at >= 0; at = parents[at]) {
            if (at == node) {
                return true;
            }
        }
        return false;
    }
}
