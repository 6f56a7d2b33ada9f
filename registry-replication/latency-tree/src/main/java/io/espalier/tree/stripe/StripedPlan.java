package io.espalier.tree.stripe;

import io.espalier.tree.plan.TreePlan;
import java.util.List;

/**
 * One tree for each stripe; chunk {@code i} of the image goes by the tree {@code i mod stripes}. Every node but the root passes on
 * in at most one of them.
 *
 * @param trees the trees, each planned with the share of the links that its stripe has
 */
public record StripedPlan(List<TreePlan> trees) {
    public StripedPlan {
        trees = List.copyOf(trees);
        if (trees.isEmpty()) {
            throw new IllegalArgumentException("A striped plan needs at least one tree.");
        }
    }

    /** How many stripes there are. */
    public int stripes() {
        return trees.size();
    }

    /** The tree by which a chunk goes. */
    public TreePlan treeOf(long chunk) {
        return trees.get((int) Math.floorMod(chunk, (long) trees.size()));
    }

    /** Seconds until the node has the last of all stripes; NaN when one of them does not reach it. */
    public double predictedSeconds(int node) {
        double last = 0;
        for (TreePlan tree : trees) {
            last = Math.max(last, tree.predictedSeconds(node));
        }
        return last;
    }

    /** Seconds until the last node has everything. */
    public double completionSeconds() {
        return trees.stream().mapToDouble(TreePlan::completionSeconds).max().orElse(0);
    }

    /** Whether every node gets every stripe. */
    public boolean complete() {
        return trees.stream().allMatch(tree -> tree.unreachable().length == 0);
    }

    /** Bytes that cross from one region into another. */
    public long bytesBetweenRegions() {
        return trees.stream()
                .mapToLong(tree -> tree.edgesBetweenRegions() * tree.request().bytes())
                .sum();
    }
}
