package io.espalier.tree.plan;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Chooses backup parents out of a few good nodes per region, so that 10,000 nodes take milliseconds. */
final class BackupParents {
    private static final int WANTED = 3;
    private static final int PER_REGION = 8;

    private final Network network;
    private final Regions regions;
    private final int root;
    private final int[] parents;
    private final Shape shape;
    private final Prediction prediction;

    BackupParents(Network network, Regions regions, int root, int[] parents, Shape shape, Prediction prediction) {
        this.network = network;
        this.regions = regions;
        this.root = root;
        this.parents = parents;
        this.shape = shape;
        this.prediction = prediction;
    }

    int[][] all() {
        int[][] best = new int[regions.count()][];
        for (int region = 0; region < best.length; region++) {
            best[region] = best(regions.members(region), PER_REGION);
        }
        int[] anywhere = best(Arrays.stream(best).flatMapToInt(Arrays::stream).toArray(), 2 * PER_REGION);
        int[][] backups = new int[parents.length][];
        for (int node = 0; node < backups.length; node++) {
            backups[node] = shape.contains(node) && node != root
                    ? choose(node, best[regions.region(node)], anywhere)
                    : new int[0];
        }
        return backups;
    }

    /** Those that could take another child at the best rate, earliest first among equals. */
    private int[] best(int[] nodes, int limit) {
        return Arrays.stream(nodes)
                .filter(node -> shape.contains(node) && spare(node) > 0)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer node) -> -spare(node))
                        .thenComparingDouble(node -> prediction.seconds(node))
                        .thenComparingInt(node -> node))
                .limit(limit)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Bytes per second for one more child, 0 when the node may have none. */
    private double spare(int node) {
        int children = shape.childCount(node);
        return children >= network.maxChildren(node)
                ? 0
                : Math.min(network.uplink(node) / (children + 1), prediction.rate(node));
    }

    private int[] choose(int node, int[] near, int[] anywhere) {
        Set<Integer> chosen = new LinkedHashSet<>();
        int parent = parents[node];
        if (parent != root) {
            chosen.add(parents[parent]);
        }
        int[][] pools = {near, anywhere, shape.order()};
        for (int[] pool : pools) {
            add(pool, node, chosen, parent, true);
        }
        for (int[] pool : pools) {
            add(pool, node, chosen, parent, false);
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Adds what is not below the node, nor its parent; {@code apart} adds only what does not lose the same parent. */
    private void add(int[] pool, int node, Set<Integer> chosen, int parent, boolean apart) {
        for (int candidate : pool) {
            if (chosen.size() >= WANTED) {
                return;
            }
            if (candidate != parent
                    && !shape.within(candidate, node)
                    && !(apart && shape.within(candidate, parent))
                    && spare(candidate) > 0) {
                chosen.add(candidate);
            }
        }
    }
}
