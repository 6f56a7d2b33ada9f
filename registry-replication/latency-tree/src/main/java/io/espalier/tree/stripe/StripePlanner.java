package io.espalier.tree.stripe;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.plan.TreePlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Splits an image into stripes with a tree each. In one tree a node either has one child, which makes long chains, or sends the
 * image twice and halves the rate of all below it; leaves never send. With stripes every node sends in one tree only (the trees
 * are interior-disjoint, as in SplitStream: Castro and others, SOSP 2003) and serves as many children as there are stripes at
 * the full rate. The root's uplink and every downlink are shared equally by the stripes. Immutable, thread-safe.
 */
public final class StripePlanner {
    private final TreePlanner planner;

    /**
     * @param planner makes the tree of each stripe
     */
    public StripePlanner(TreePlanner planner) {
        this.planner = requireNonNull(planner, "planner is null");
    }

    /** The best of one stripe (a plain tree) up to {@code most}, by predicted time; fewer stripes win where the gain is below 5 %. */
    public StripedPlan best(Network network, int root, PlanRequest request, int most) {
        StripedPlan best = plan(network, root, request, 1);
        for (int stripes = 2; stripes <= most; stripes++) {
            StripedPlan next = plan(network, root, request, stripes);
            boolean faster = next.completionSeconds() < 0.95 * best.completionSeconds();
            best = next.complete() && (faster || !best.complete()) ? next : best;
        }
        return best;
    }

    /**
     * The plan with so many stripes.
     *
     * @throws IllegalArgumentException when there is no such root, or fewer than one stripe
     */
    public StripedPlan plan(Network network, int root, PlanRequest request, int stripes) {
        if (stripes < 1) {
            throw new IllegalArgumentException(
                    "An image cannot be split into " + stripes + " stripes; give 1 or more.");
        }
        if (stripes == 1) {
            return new StripedPlan(List.of(planner.plan(network, root, request)));
        }
        int[] stripe = deal(network, root, stripes);
        List<TreePlan> trees = new ArrayList<>();
        for (int i = 0; i < stripes; i++) {
            long bytes = request.bytes() / stripes + (i < request.bytes() % stripes ? 1 : 0);
            PlanRequest part = new PlanRequest(bytes, request.chunkBytes(), request.hopSeconds(), request.forwarding());
            trees.add(planner.plan(share(network, root, stripe, i, stripes), root, part));
        }
        return new StripedPlan(trees);
    }

    /** In each region the strongest senders are dealt out one by one, to the stripe that has least so far. */
    private static int[] deal(Network network, int root, int stripes) {
        int[] stripe = new int[network.size()];
        double[] strength = new double[stripes];
        Regions regions = Regions.of(network);
        for (int region = 0; region < regions.count(); region++) {
            double[] here = new double[stripes];
            int[] senders = Arrays.stream(regions.members(region))
                    .filter(node -> node != root)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer node) -> -network.uplink(node)))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int node : senders) {
                int least = 0;
                for (int i = 1; i < stripes; i++) {
                    boolean less = here[i] < here[least] || (here[i] == here[least] && strength[i] < strength[least]);
                    least = less ? i : least;
                }
                stripe[node] = least;
                here[least] += network.uplink(node);
                strength[least] += network.uplink(node);
            }
        }
        return stripe;
    }

    private static Network share(Network network, int root, int[] stripe, int of, int stripes) {
        double[] uplink = new double[network.size()];
        double[] downlink = new double[network.size()];
        for (int node = 0; node < uplink.length; node++) {
            downlink[node] = network.downlink(node) / stripes;
            uplink[node] = stripe[node] == of ? network.uplink(node) : 0;
        }
        uplink[root] = network.uplink(root) / stripes;
        return network.withBandwidth(uplink, downlink);
    }
}
