package io.espalier.tree.stripe;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.bound.Bounds;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tree for each stripe of an image; a plain tree is a plan of one stripe. Every node but the root passes on in at most one of
 * them. Immutable, thread-safe.
 *
 * @param network with whole links
 * @param request the whole image
 * @param trees each with the share of the links, and of the bytes, that its stripe has; all of the same nodes
 */
public record StripedPlan(Network network, PlanRequest request, List<TreePlan> trees) {
    public StripedPlan {
        requireNonNull(network, "network is null");
        requireNonNull(request, "request is null");
        trees = List.copyOf(trees);
        if (trees.isEmpty()) {
            throw new IllegalArgumentException("A striped plan needs at least one tree.");
        }
    }

    /** A plain tree. */
    public static StripedPlan plain(TreePlan tree) {
        return new StripedPlan(tree.network(), tree.request(), List.of(tree));
    }

    /**
     * The plan with these trees, also to bring a stored one back.
     *
     * @param parents of each stripe, as {@link TreePlan#of} takes them
     * @param sequences of each stripe, as {@link TreePlan#of} takes them
     * @throws IllegalArgumentException when they are no trees, or when a node but the root passes on in two of them
     */
    public static StripedPlan of(
            String planner,
            Network network,
            int root,
            PlanRequest request,
            List<int[]> parents,
            List<int[]> sequences,
            Regions regions) {
        Shares shares = Shares.of(network, root, parents);
        List<TreePlan> trees = new ArrayList<>();
        for (int i = 0; i < parents.size(); i++) {
            PlanRequest part = part(request, i, parents.size());
            trees.add(TreePlan.of(planner, shares.of(i), root, part, parents.get(i), sequences.get(i), regions));
        }
        return new StripedPlan(network, request, trees);
    }

    /** What one of so many stripes carries. */
    static PlanRequest part(PlanRequest whole, int number, int stripes) {
        long bytes = whole.bytes() / stripes + (number < whole.bytes() % stripes ? 1 : 0);
        return new PlanRequest(bytes, whole.chunkBytes(), whole.hopSeconds(), whole.forwarding());
    }

    /** The same trees, with the times of another image. */
    public StripedPlan forRequest(PlanRequest other) {
        List<TreePlan> same = new ArrayList<>();
        for (int i = 0; i < trees.size(); i++) {
            TreePlan tree = trees.get(i);
            same.add(TreePlan.of(
                    tree.planner(),
                    tree.network(),
                    tree.root(),
                    part(other, i, trees.size()),
                    tree.parents(),
                    tree.sequence(),
                    tree.regions()));
        }
        return new StripedPlan(network, other, same);
    }

    /** How many stripes there are. */
    public int stripes() {
        return trees.size();
    }

    /** The tree of the first stripe; of a plain tree all there is. */
    public TreePlan first() {
        return trees.get(0);
    }

    /** To how many nodes it passes on, in all trees together. */
    public int children(int node) {
        return (int) trees.stream()
                .flatMapToInt(tree -> Arrays.stream(tree.children(node)))
                .distinct()
                .count();
    }

    /** Whether no node has more children than it may. */
    public boolean fits() {
        return IntStream.range(0, size()).allMatch(node -> children(node) <= network.maxChildren(node));
    }

    /** How many nodes the network has. */
    public int size() {
        return network.size();
    }

    /** Where the image comes from. */
    public int root() {
        return first().root();
    }

    /** The name of the rule that made it. */
    public String planner() {
        return first().planner();
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

    /** Seconds that no way to spread the image beats ({@link Bounds}); 0 in a network of one node. */
    public double boundSeconds() {
        return new Bounds(network, root(), request).seconds();
    }

    /** Whether every node gets every stripe. */
    public boolean complete() {
        return trees.stream().allMatch(tree -> tree.unreachable().length == 0);
    }

    /** How many nodes get all stripes; the root is not counted. */
    public int reached() {
        return (int) IntStream.range(0, size())
                .filter(node -> node != root())
                .filter(node -> trees.stream().allMatch(tree -> tree.contains(node)))
                .count();
    }

    /** The edges of all trees. */
    public int edges() {
        return trees.stream().mapToInt(tree -> tree.descendants(tree.root())).sum();
    }

    /** How many edges of all trees lead from one region into another. */
    public int edgesBetweenRegions() {
        return trees.stream().mapToInt(TreePlan::edgesBetweenRegions).sum();
    }

    /** Bytes that cross from one region into another. */
    public long bytesBetweenRegions() {
        return trees.stream()
                .mapToLong(tree -> tree.edgesBetweenRegions() * tree.request().bytes())
                .sum();
    }

    /** {@link TreePlan#explainAll()} of every stripe, each with a line before it that names the stripe when there are several. */
    public List<String> explainAll() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < trees.size(); i++) {
            if (trees.size() > 1) {
                all.add(title(i));
            }
            all.addAll(trees.get(i).explainAll());
        }
        return all;
    }

    /** What stands above the tree of one stripe, as {@code Stripe 1 of 2:}. */
    public String title(int stripe) {
        return "Stripe " + (stripe + 1) + " of " + trees.size() + ":";
    }
}
