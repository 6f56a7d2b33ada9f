package io.espalier.tree.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Labels nodes by region. Named sites are regions as they are. The other nodes are linked when they are closer than a threshold
 * that is found in the data: the widest relative gap among the edges of a minimum spanning tree (over all nodes, or over every
 * n-th in a big network), or midway between usual and far where there is no gap. Big networks are linked through leaders, each standing for the nodes around it, so the cost is nodes
 * times regions rather than nodes squared.
 */
final class Clustering {
    private static final int SAMPLE = 192;
    private static final int MOST_LEADERS = 1024;
    private static final int EXACT = 512;
    /** Below this ratio between neighbouring edge lengths there is no near and far. */
    private static final double LEAST_GAP = 2;
    /** Without a gap, the farthest must be so many times as far as is usual. */
    private static final double LEAST_SPREAD = 4;
    /** Nodes closer than this are near, whatever the ratio says. */
    private static final double NEAR_MILLIS = 2;

    private final Network network;
    private final int[] labels;
    private int next;

    Clustering(Network network) {
        this.network = network;
        labels = new int[network.size()];
        Arrays.fill(labels, -1);
    }

    int[] labels() {
        Map<String, Integer> sites = new HashMap<>();
        for (int node = 0; node < labels.length; node++) {
            String site = network.site(node).orElse(null);
            if (site != null) {
                labels[node] = sites.computeIfAbsent(site, s -> next++);
            }
        }
        int[] unnamed = java.util.stream.IntStream.range(0, labels.length)
                .filter(node -> labels[node] < 0)
                .toArray();
        if (Double.isNaN(network.largestRttMillis()) && next == 0) {
            Arrays.fill(labels, 0);
        } else if (unnamed.length > 0) {
            cluster(unnamed);
        }
        return labels;
    }

    private void cluster(int[] nodes) {
        double threshold = threshold();
        // In a small network every node is its own leader, which makes single linkage exact.
        double around = nodes.length <= EXACT ? -1 : threshold / 2;
        int[] leaders = new int[Math.min(nodes.length, MOST_LEADERS)];
        int count = 0;
        int named = next;
        for (int node : nodes) {
            int leader = nearestLeader(node, leaders, count, around);
            if (leader >= 0) {
                labels[node] = labels[leader];
            } else if (count < leaders.length) {
                leaders[count++] = node;
                labels[node] = next++;
            } else {
                int nearest = nearestLeader(node, leaders, count, Double.POSITIVE_INFINITY);
                labels[node] = nearest < 0 ? next++ : labels[nearest];
            }
        }
        int[] joined = join(Arrays.copyOf(leaders, count), threshold);
        for (int node : nodes) {
            labels[node] = labels[node] - named < joined.length ? joined[labels[node] - named] : labels[node];
        }
        adoptByNamed(named, threshold);
    }

    private int nearestLeader(int node, int[] leaders, int count, double within) {
        int nearest = -1;
        double least = within;
        for (int i = 0; i < count; i++) {
            double rtt = network.expectedRttMillis(leaders[i], node);
            if (rtt <= least && (nearest < 0 || rtt < least)) {
                nearest = leaders[i];
                least = rtt;
            }
        }
        return nearest;
    }

    /** Single linkage among the leaders; a leader's label is {@code next} as it was when it was made, in order. */
    private int[] join(int[] leaders, double threshold) {
        int[] joined = new int[leaders.length];
        for (int i = 0; i < leaders.length; i++) {
            joined[i] = labels[leaders[i]];
            for (int j = 0; j < i; j++) {
                if (joined[j] != joined[i] && network.expectedRttMillis(leaders[i], leaders[j]) <= threshold) {
                    int old = joined[j];
                    for (int k = 0; k <= i; k++) {
                        joined[k] = joined[k] == old ? joined[i] : joined[k];
                    }
                }
            }
        }
        return joined;
    }

    /** A group without a name that is near a named site belongs to it. */
    private void adoptByNamed(int named, double threshold) {
        if (named == 0) {
            return;
        }
        Map<Integer, Integer> adopted = new HashMap<>();
        Map<Integer, Double> nearest = new HashMap<>();
        for (int node = 0; node < labels.length; node++) {
            for (int other = 0; labels[node] >= named && other < labels.length; other++) {
                double rtt = labels[other] < named ? network.expectedRttMillis(other, node) : Double.NaN;
                if (rtt <= threshold && rtt < nearest.getOrDefault(labels[node], Double.POSITIVE_INFINITY)) {
                    nearest.put(labels[node], rtt);
                    adopted.put(labels[node], labels[other]);
                }
            }
        }
        for (int node = 0; node < labels.length; node++) {
            labels[node] = adopted.getOrDefault(labels[node], labels[node]);
        }
    }

    private double threshold() {
        int step = Math.max(1, labels.length / SAMPLE);
        int[] sample = java.util.stream.IntStream.iterate(0, i -> i < labels.length, i -> i + step)
                .toArray();
        double[] edges = spanningEdges(sample);
        if (edges.length == 0) {
            return 0;
        }
        double widest = LEAST_GAP;
        double threshold = Double.POSITIVE_INFINITY;
        for (int i = 1; i < edges.length; i++) {
            double near = Math.max(edges[i - 1], NEAR_MILLIS);
            if (edges[i] / near > widest) {
                widest = edges[i] / near;
                threshold = Math.sqrt(near * edges[i]);
            }
        }
        double near = Math.max(edges[edges.length / 2], NEAR_MILLIS);
        double far = edges[edges.length - 1];
        // Some places may be as near as neighbours are, and close the gap.
        return threshold == Double.POSITIVE_INFINITY && far / near > LEAST_SPREAD ? Math.sqrt(near * far) : threshold;
    }

    /** Lengths of the edges of a minimum spanning tree, ascending; pairs of which nothing is known are left out. */
    private double[] spanningEdges(int[] nodes) {
        double[] nearest = new double[nodes.length];
        boolean[] in = new boolean[nodes.length];
        double[] edges = new double[nodes.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int found = 0;
        int at = 0;
        for (int round = 1; round < nodes.length; round++) {
            in[at] = true;
            int next = -1;
            for (int i = 0; i < nodes.length; i++) {
                if (!in[i]) {
                    double rtt = network.expectedRttMillis(nodes[at], nodes[i]);
                    nearest[i] = rtt < nearest[i] ? rtt : nearest[i];
                    next = next < 0 || nearest[i] < nearest[next] ? i : next;
                }
            }
            if (nearest[next] < Double.POSITIVE_INFINITY) {
                edges[found++] = nearest[next];
            }
            at = next;
        }
        double[] sorted = Arrays.copyOf(edges, found);
        Arrays.sort(sorted);
        return sorted;
    }
}
