package io.espalier.tree.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A distribution tree: who receives from whom, how long it should take, and whom to turn to when the parent is gone. Immutable,
 * thread-safe. Nodes are numbered as in the network.
 */
public final class TreePlan {
    private final String planner;
    private final Network network;
    private final int root;
    private final PlanRequest request;
    private final int[] parents;
    private final Shape shape;
    private final Regions regions;
    private final Prediction prediction;
    private final int[][] backups;

    private TreePlan(
            String planner,
            Network network,
            int root,
            PlanRequest request,
            int[] parents,
            int[] sequence,
            Regions regions) {
        this.planner = requireNonNull(planner, "planner is null");
        this.network = requireNonNull(network, "network is null");
        this.request = requireNonNull(request, "request is null");
        this.regions = requireNonNull(regions, "regions is null");
        if (parents.length != network.size() || sequence.length != parents.length) {
            throw new IllegalArgumentException(
                    "A plan of " + network.size() + " nodes needs the parent and the place of" + " each; there are "
                            + parents.length + " and " + sequence.length + ".");
        }
        this.root = root;
        this.parents = parents.clone();
        shape = Shape.of(root, this.parents, sequence);
        prediction = new CompletionModel(network, request).predict(root, this.parents);
        backups = new BackupParents(network, regions, root, this.parents, shape, prediction).all();
    }

    /**
     * The plan with these parents, also to bring a stored one back.
     *
     * @param planner the name of the rule that made it
     * @param parents the parent of each node; -1 for the root and for nodes that are not reached
     * @param sequence every node once; the children of a node come in this order ({@link #order()} keeps it)
     * @throws IllegalArgumentException when this is no tree
     */
    public static TreePlan of(
            String planner,
            Network network,
            int root,
            PlanRequest request,
            int[] parents,
            int[] sequence,
            Regions regions) {
        return new TreePlan(planner, network, root, request, parents, sequence, regions);
    }

    /** The plan with these parents, children by number, regions by the network. */
    public static TreePlan of(String planner, Network network, int root, PlanRequest request, int[] parents) {
        int[] sequence = IntStream.range(0, parents.length).toArray();
        return of(planner, network, root, request, parents, sequence, Regions.of(network));
    }

    /** The name of the rule that made it. */
    public String planner() {
        return planner;
    }

    /** What was known when the plan was made. */
    public Network network() {
        return network;
    }

    /** What it was made for. */
    public PlanRequest request() {
        return request;
    }

    /** Where the image comes from. */
    public int root() {
        return root;
    }

    /** How many nodes the network has. */
    public int size() {
        return parents.length;
    }

    /** Whom the node receives from; -1 for the root and for nodes that are not reached. */
    public int parent(int node) {
        return parents[node];
    }

    /** Whom the node passes on to, in order. */
    public int[] children(int node) {
        return shape.children(node);
    }

    /** The nodes of the tree, every one after its parent, siblings in their order. */
    public int[] order() {
        return shape.order().clone();
    }

    /** Every node once, as {@link #of} takes them: {@link #order()}, then those that are not reached. */
    public int[] sequence() {
        return IntStream.concat(Arrays.stream(shape.order()), Arrays.stream(unreachable()))
                .toArray();
    }

    /** Whether the node receives anything by this plan (the root counts). */
    public boolean contains(int node) {
        return shape.contains(node);
    }

    /** The nodes that the tree does not reach, ascending. */
    public int[] unreachable() {
        return IntStream.range(0, size()).filter(node -> !contains(node)).toArray();
    }

    /** Edges between the root and the node; -1 when it is not reached. */
    public int depth(int node) {
        if (!contains(node)) {
            return -1;
        }
        int depth = 0;
        for (int at = node; at != root; at = parents[at]) {
            depth++;
        }
        return depth;
    }

    /** How many nodes receive through this one. */
    public int descendants(int node) {
        return contains(node) ? shape.below(node) : 0;
    }

    /** Whether {@code node} is {@code top} or receives through it. */
    public boolean within(int node, int top) {
        return shape.within(node, top);
    }

    /**
     * Whom to turn to when the parent is gone, best first: the grandparent, then at least two more where the tree has them, never
     * the node itself or one below it. Nodes that do not hang on the same parent come before those that do; two orphans of one
     * parent may name each other, so a node that has lost its own source must refuse.
     */
    public int[] backups(int node) {
        return backups[node].clone();
    }

    /** Seconds until the node has the whole image; 0 for the root, NaN when it is not reached. */
    public double predictedSeconds(int node) {
        return prediction.seconds(node);
    }

    /** Bytes per second at which the node receives; infinite for the root, NaN when it is not reached. */
    public double rate(int node) {
        return prediction.rate(node);
    }

    /** Seconds until the last node has the whole image. */
    public double completionSeconds() {
        return prediction.completion();
    }

    /** Bytes per second of the slowest edge; infinite when there is none. */
    public double bottleneckRate() {
        return prediction.bottleneck();
    }

    /** The number of the node's region. */
    public int region(int node) {
        return regions.region(node);
    }

    /** The regions that the plan was made with. */
    public Regions regions() {
        return regions;
    }

    /** How many edges lead from one region into another: the image crosses the long links so often. */
    public int edgesBetweenRegions() {
        return (int) Arrays.stream(shape.order())
                .filter(node -> node != root && region(node) != region(parents[node]))
                .count();
    }

    /** The children of edges whose round-trip time nobody measured; measure these before trusting the plan. */
    public int[] edgesToVerify() {
        return Arrays.stream(shape.order())
                .filter(node -> node != root && !network.measured(parents[node], node))
                .toArray();
    }

    /** One sentence why the node receives from its parent, and what the next best parent would cost. */
    public String explain(int node) {
        return new Explanation(this).of(node);
    }

    /** {@link #explain(int)} for every node of the tree, and for those that are not in it. */
    public List<String> explainAll() {
        List<String> all = new ArrayList<>();
        for (int node : shape.order()) {
            all.add(explain(node));
        }
        for (int node : unreachable()) {
            all.add(explain(node));
        }
        return all;
    }

    /** A copy of the parents, as {@link #of} takes them. */
    public int[] parents() {
        return parents.clone();
    }
}
