package io.espalier.tree.bound;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import io.espalier.tree.plan.PlanRequest;

/**
 * What no distribution from one root can beat. Fluid bound: the image must leave the root once, enter the slowest node, and all
 * copies together must be sent by somebody: {@code T >= max(S / u0, S / min d, N S / (u0 + sum u))} (Mundinger, Weber, Weiss,
 * Journal of Scheduling 2008; Kumar and Ross 2006). The last bit still has the way to the farthest node before it. Times of
 * measured or expected paths are taken as they are, so a bound is as right as they are.
 */
public final class Bounds {
    private final Network network;
    private final int root;
    private final PlanRequest request;

    public Bounds(Network network, int root, PlanRequest request) {
        this.network = requireNonNull(network, "network is null");
        this.root = root;
        this.request = requireNonNull(request, "request is null");
        if (root < 0 || root >= network.size()) {
            throw new IllegalArgumentException(
                    "There is no node " + root + " to be the root; nodes are 0 to " + (network.size() - 1) + ".");
        }
    }

    /** Seconds by bandwidth alone; 0 in a network of one node, infinite when the root cannot send. */
    public double fluidSeconds() {
        int receivers = network.size() - 1;
        if (receivers == 0 || request.bytes() == 0) {
            return 0;
        }
        double slowest = Double.POSITIVE_INFINITY;
        double all = 0;
        for (int node = 0; node < network.size(); node++) {
            all += network.uplink(node);
            if (node != root) {
                slowest = Math.min(slowest, network.downlink(node));
            }
        }
        double bytes = request.bytes();
        return Math.max(Math.max(bytes / network.uplink(root), bytes / slowest), receivers * bytes / all);
    }

    /**
     * Seconds of the longest of all fastest ways from the root, one way, over any number of nodes, without processing. Costs nodes
     * squared; with direct ways only ({@code direct}) it costs nodes and may be larger than the bound where detours are faster.
     */
    public double latencySeconds(boolean direct) {
        CompletionModel model = new CompletionModel(network, request);
        double[] seconds = new double[network.size()];
        for (int node = 0; node < seconds.length; node++) {
            seconds[node] = node == root ? 0 : model.latencySeconds(root, node);
        }
        return direct ? max(seconds) : max(shortest(seconds, model));
    }

    /** Dijkstra's rule without a queue: everybody is everybody's neighbour. */
    private double[] shortest(double[] seconds, CompletionModel model) {
        boolean[] settled = new boolean[seconds.length];
        settled[root] = true;
        for (int round = 1; round < seconds.length; round++) {
            int next = -1;
            for (int node = 0; node < seconds.length; node++) {
                next = !settled[node] && (next < 0 || seconds[node] < seconds[next]) ? node : next;
            }
            settled[next] = true;
            for (int node = 0; node < seconds.length; node++) {
                if (!settled[node]) {
                    seconds[node] = Math.min(seconds[node], seconds[next] + model.latencySeconds(next, node));
                }
            }
        }
        return seconds;
    }

    /** The fluid bound and the latency together; detours are looked for in networks of up to 1,000 nodes. */
    public double seconds() {
        return fluidSeconds() + latencySeconds(network.size() > 1000);
    }

    /** Bytes that must cross from one region into another: each region but the root's receives the image at least once. */
    public long bytesBetweenRegions(Regions regions) {
        return (regions.count() - 1) * request.bytes();
    }

    private static double max(double[] values) {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
    }
}
