package io.espalier.tree.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Predicts when each node of a tree has all of an image: the one model of planners, bounds and explanations, held against the
 * simulator. The children of a node share its uplink equally; an edge carries min(uplink / children, the child's downlink,
 * window / RTT). A hop costs half the round-trip time, one chunk at the edge's rate, and the processing time; the other chunks
 * follow at the rate of the slowest edge on the way: {@code T = sum(latency + chunk / r + hop) + (S - chunk) / min r}. When
 * nodes store before they forward, {@code T = sum(latency + S / r + hop)}. A pair of which nothing is known counts as twice the
 * largest round-trip time measured. Not modelled: TCP's ramp-up, shared bottlenecks, disks. Immutable, thread-safe.
 */
public final class CompletionModel {
    private static final double UNKNOWN_RTT_MILLIS = 400;

    private final Network network;
    private final PlanRequest request;
    private final double first;
    private final double rest;
    private final double pessimisticMillis;
    private final double @Nullable [] known;

    /** The model for one image on one network. */
    public CompletionModel(Network network, PlanRequest request) {
        this(network, request, false);
    }

    /**
     * The model for one image on one network.
     *
     * @param keepLatencies looks up every pair now and keeps it, for small networks of which many trees are predicted
     */
    public CompletionModel(Network network, PlanRequest request, boolean keepLatencies) {
        this.network = requireNonNull(network, "network is null");
        this.request = requireNonNull(request, "request is null");
        boolean whole = request.forwarding() == Forwarding.STORE_AND_FORWARD;
        first = whole ? request.bytes() : Math.min(request.chunkBytes(), request.bytes());
        rest = request.bytes() - first;
        double largest = network.largestRttMillis();
        pessimisticMillis = Double.isNaN(largest) || largest == 0 ? UNKNOWN_RTT_MILLIS : 2 * largest;
        known = keepLatencies ? latencies() : null;
    }

    /** One-way time in seconds, pessimistic where nothing is known. */
    public double latencySeconds(int parent, int child) {
        return known == null ? lookUp(parent, child) : known[parent * network.size() + child];
    }

    private double[] latencies() {
        int size = network.size();
        double[] all = new double[size * size];
        for (int i = 0; i < all.length; i++) {
            all[i] = lookUp(i / size, i % size);
        }
        return all;
    }

    private double lookUp(int parent, int child) {
        double millis = network.expectedRttMillis(parent, child);
        return (Double.isNaN(millis) ? pessimisticMillis : millis) / 2000;
    }

    /** Bytes per second on the edge when the parent has so many children. */
    public double rate(int parent, int child, int children) {
        double rate = Math.min(network.uplink(parent) / children, network.downlink(child));
        if (network.windowBytes() == Double.POSITIVE_INFINITY) {
            return rate;
        }
        return Math.min(rate, network.windowBytes() / Math.max(1e-6, 2 * latencySeconds(parent, child)));
    }

    /** Seconds that one hop adds before its child can pass anything on, at this rate. */
    public double hopSeconds(int parent, int child, double rate) {
        return latencySeconds(parent, child) + request.hopSeconds() + (first == 0 ? 0 : first / rate);
    }

    /** Seconds that the bytes after those of the hops need at the rate of the slowest edge. */
    public double drainSeconds(double bottleneck) {
        return rest == 0 ? 0 : rest / bottleneck;
    }

    /** Seconds for the image over one edge alone. */
    public double copySeconds(int parent, int child) {
        double rate = rate(parent, child, 1);
        return hopSeconds(parent, child, rate) + drainSeconds(rate);
    }

    /**
     * The times of a tree.
     *
     * @param parents the parent of each node, -1 for the root and for nodes that are not in the tree
     * @throws IllegalArgumentException when the parents form a cycle or name a node that does not exist
     */
    public Prediction predict(int root, int[] parents) {
        Shape shape = Shape.of(root, parents);
        int size = parents.length;
        double[] arrival = new double[size];
        double[] done = new double[size];
        double[] rate = new double[size];
        Arrays.fill(done, Double.NaN);
        Arrays.fill(rate, Double.NaN);
        rate[root] = Double.POSITIVE_INFINITY;
        done[root] = 0;
        double completion = 0;
        double slowest = Double.POSITIVE_INFINITY;
        for (int node : shape.order()) {
            if (node != root) {
                int parent = parents[node];
                double edge = rate(parent, node, shape.childCount(parent));
                rate[node] = Math.min(rate[parent], edge);
                arrival[node] = arrival[parent] + hopSeconds(parent, node, edge);
                done[node] = arrival[node] + drainSeconds(rate[node]);
                completion = Math.max(completion, done[node]);
                slowest = Math.min(slowest, rate[node]);
            }
        }
        return new Prediction(done, rate, completion, slowest);
    }
}
