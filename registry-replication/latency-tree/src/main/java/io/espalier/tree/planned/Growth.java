package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Grows one tree at one rate: a backbone over the regions first, then a tree in each region, nodes with many places before nodes
 * with few, each under the place that is reached earliest. Where a region has too few places for its own nodes, those left over
 * hang on places of other regions: so such a region has more than one edge leading into it.
 */
final class Growth {
    /** How many nodes are looked at when the nearest is wanted. */
    private static final int WINDOW = 24;

    private static final int WINDOW_SMALL = 256;

    private final Network network;
    private final int root;
    private final CompletionModel model;
    private final Regions regions;
    private final double rate;
    private final int[] places;
    private final int[] parents;
    private final double[] delay;
    private final List<PriorityQueue<Integer>> free = new ArrayList<>();
    private final List<Integer> leftOver = new ArrayList<>();
    private final int window;

    Growth(Network network, int root, CompletionModel model, Regions regions, double rate) {
        this.network = network;
        this.root = root;
        this.model = model;
        this.regions = regions;
        this.rate = rate;
        places = new int[network.size()];
        Arrays.setAll(places, node -> CandidateRates.places(network, root, node, rate));
        parents = new int[network.size()];
        delay = new double[network.size()];
        window = network.size() <= 512 ? WINDOW_SMALL : WINDOW;
        for (int region = 0; region < regions.count(); region++) {
            free.add(new PriorityQueue<>(byDelay()));
        }
    }

    private Comparator<Integer> byDelay() {
        return Comparator.comparingDouble((Integer node) -> delay[node]).thenComparingInt(node -> node);
    }

    int[] parents() {
        Arrays.fill(parents, -1);
        Backbone backbone = new Backbone(network, root, model, regions, rate, places);
        int[] entry = new int[regions.count()];
        Arrays.fill(entry, -1);
        for (int region : backbone.order()) {
            int gateway = region == regions.region(root) ? root : gateway(region, entry[region]);
            if (gateway != root) {
                attach(gateway, entry[region]);
            }
            int[] next = backbone.next(region);
            int[] exits = fill(region, gateway, next.length, backbone.leftOver(region));
            for (int i = 0; i < next.length; i++) {
                entry[next[i]] = exits[i];
            }
        }
        for (int region : backbone.unserved()) {
            for (int node : regions.members(region)) {
                leftOver.add(node);
            }
        }
        placeLeftOver();
        return parents;
    }

    /** The nearest to where the image comes from, among those of the region that serve many. */
    private int gateway(int region, int from) {
        int[] members = regions.members(region);
        int most = Arrays.stream(members).map(node -> places[node]).max().orElse(0);
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int node : members) {
            double latency = model.latencySeconds(from, node);
            if (places[node] >= (most + 1) / 2 && (best < 0 || latency < least)) {
                best = node;
                least = latency;
            }
        }
        return best;
    }

    private void attach(int node, int parent) {
        parents[node] = parent;
        delay[node] = delay[parent] + model.hopSeconds(parent, node, Math.min(rate, network.downlink(node)));
    }

    /** Grows the region's own tree and returns the nodes from which the image leaves it, the most urgent first. */
    private int[] fill(int region, int gateway, int exits, int leave) {
        PriorityQueue<Integer> open = free.get(regions.region(gateway));
        Classes left = new Classes(region, gateway);
        int[] taken = new int[exits];
        int given = 0;
        long spare = open(open, gateway);
        int wanted = left.size() - leave;
        while (wanted > 0 || given < exits) {
            boolean leaves = given < exits && (spare >= 2 || wanted <= 0);
            int parent = take(open);
            spare--;
            if (parent < 0) {
                throw new IllegalStateException("The region " + region + " has no place left though it was reckoned.");
            }
            if (leaves) {
                taken[given++] = parent;
            } else {
                int node = left.nearest(parent);
                attach(node, parent);
                spare += open(open, node);
                wanted--;
            }
        }
        left.drainTo(leftOver);
        return taken;
    }

    private int open(PriorityQueue<Integer> open, int node) {
        if (places[node] > 0) {
            open.add(node);
        }
        return places[node];
    }

    /** Takes a place of the node that is reached earliest; -1 when there is none. */
    private int take(PriorityQueue<Integer> open) {
        Integer parent = open.peek();
        if (parent == null) {
            return -1;
        }
        if (--places[parent] == 0) {
            open.remove();
        }
        return parent;
    }

    /** Those that serve many first; each under the earliest of the regions' first places. */
    private void placeLeftOver() {
        leftOver.sort(Comparator.comparingInt((Integer node) -> -places[node]).thenComparingInt(node -> node));
        for (int node : leftOver) {
            PriorityQueue<Integer> best = null;
            double least = Double.POSITIVE_INFINITY;
            for (PriorityQueue<Integer> open : free) {
                Integer parent = open.peek();
                double reached = parent == null ? 0 : delay[parent] + model.latencySeconds(parent, node);
                if (parent != null && (best == null || reached < least)) {
                    best = open;
                    least = reached;
                }
            }
            if (best != null) {
                attach(node, take(best));
                open(free.get(regions.region(node)), node);
            }
        }
    }

    /** Nodes of a region not yet in its tree, by places and then by the way from the gateway. */
    private final class Classes {
        private final int[] nodes;
        private int size;

        Classes(int region, int gateway) {
            int[] members = regions.members(region);
            double[] away = new double[members.length];
            Integer[] order = new Integer[members.length];
            for (int i = 0; i < members.length; i++) {
                away[i] = model.latencySeconds(gateway, members[i]);
                order[i] = i;
            }
            // The best are at the end, where removing is cheap.
            Arrays.sort(
                    order,
                    Comparator.comparingInt((Integer i) -> places[members[i]])
                            .thenComparingDouble(i -> -away[i])
                            .thenComparingInt(i -> -members[i]));
            nodes = new int[members.length];
            for (int i : order) {
                if (members[i] != gateway) {
                    nodes[size++] = members[i];
                }
            }
        }

        int size() {
            return size;
        }

        /** Removes and returns the nearest to the parent of those with the most places. */
        int nearest(int parent) {
            int most = places[nodes[size - 1]];
            int best = size - 1;
            double least = Double.POSITIVE_INFINITY;
            for (int i = size - 1; i >= 0 && i >= size - window && places[nodes[i]] == most; i--) {
                double latency = model.latencySeconds(parent, nodes[i]);
                if (latency < least) {
                    least = latency;
                    best = i;
                }
            }
            int node = nodes[best];
            System.arraycopy(nodes, best + 1, nodes, best, size - best - 1);
            size--;
            return node;
        }

        void drainTo(List<Integer> others) {
            for (int i = 0; i < size; i++) {
                others.add(nodes[i]);
            }
            size = 0;
        }
    }
}
