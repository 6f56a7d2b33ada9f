package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The order in which the image goes from region to region: each region is reached once, from a region with a place to spare,
 * earliest first. A region's spare places are those that its own nodes do not need.
 */
final class Backbone {
    private static final int SAMPLED = 8;

    private final CompletionModel model;
    private final Regions regions;
    private final double rate;
    private final int[] places;
    private final int[] speaker;
    private final long[] spare;
    private final int[] leftOver;
    private final double[] transit;
    private final double[] entered;
    private final int[] from;
    private final List<Integer> order = new ArrayList<>();
    private final List<List<Integer>> next = new ArrayList<>();

    Backbone(Network network, int root, CompletionModel model, Regions regions, double rate, int[] places) {
        this.model = model;
        this.regions = regions;
        this.rate = rate;
        this.places = places;
        int count = regions.count();
        speaker = new int[count];
        spare = new long[count];
        leftOver = new int[count];
        transit = new double[count];
        entered = new double[count];
        from = new int[count];
        Arrays.fill(from, -1);
        for (int region = 0; region < count; region++) {
            next.add(new ArrayList<>());
            reckon(region, regions.region(root) == region ? root : -1);
        }
        grow(regions.region(root));
        link();
    }

    private void reckon(int region, int root) {
        int[] members = regions.members(region);
        long all = 0;
        int best = root < 0 ? members[0] : root;
        int most = 0;
        for (int node : members) {
            all += places[node];
            most = Math.max(most, places[node]);
            best = root < 0 && places[node] > places[best] ? node : best;
        }
        speaker[region] = best;
        spare[region] = Math.max(0, all - (members.length - 1));
        leftOver[region] = (int) Math.max(0, members.length - 1 - all);
        double hop = 0;
        int step = Math.max(1, members.length / SAMPLED);
        int sampled = 0;
        for (int i = 0; i < members.length; i += step) {
            hop += model.hopSeconds(best, members[i], rate);
            sampled++;
        }
        transit[region] = hop / sampled * (most >= 2 ? 1 : members.length - 1);
    }

    private void grow(int first) {
        if (spare[first] == 0 && regions.count() > 1) {
            makeRoom(first);
        }
        order.add(first);
        long open = spare[first];
        boolean[] in = new boolean[regions.count()];
        int[] used = new int[regions.count()];
        in[first] = true;
        int[] nearest = new int[regions.count()];
        Arrays.fill(nearest, first);
        while (order.size() < regions.count() && open > 0) {
            int next = choose(in, used, nearest, open);
            if (next < 0) {
                return;
            }
            int source = nearest[next];
            if (open == 1 && spare[next] == 0 && order.size() + 1 < regions.count()) {
                makeRoom(next);
            }
            from[next] = source;
            entered[next] = reached(source, next);
            used[source]++;
            in[next] = true;
            order.add(next);
            open += spare[next] - 1;
            update(in, used, nearest, next, source);
        }
    }

    /** The region that is reached earliest; when one place is left, one that has places itself. */
    private int choose(boolean[] in, int[] used, int[] nearest, long open) {
        int best = -1;
        int bestRank = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int region = 0; region < in.length; region++) {
            if (!in[region] && used[nearest[region]] < spare[nearest[region]]) {
                int rank = open > 1 || spare[region] > 0 ? 2 : places[speaker[region]] > 0 ? 1 : 0;
                double reached = reached(nearest[region], region);
                if (rank > bestRank || (rank == bestRank && reached < least)) {
                    best = region;
                    bestRank = rank;
                    least = reached;
                }
            }
        }
        return best;
    }

    private double reached(int source, int region) {
        return entered[source] + transit[source] + model.hopSeconds(speaker[source], speaker[region], rate);
    }

    private void update(boolean[] in, int[] used, int[] nearest, int added, int source) {
        boolean full = used[source] >= spare[source];
        for (int region = 0; region < in.length; region++) {
            if (in[region]) {
                continue;
            }
            if (full && nearest[region] == source) {
                nearest[region] = nearestOpen(used, region, added);
            } else if (spare[added] > 0 && reached(added, region) < reached(nearest[region], region)) {
                nearest[region] = added;
            }
        }
    }

    private int nearestOpen(int[] used, int region, int fallback) {
        int best = -1;
        for (int source : order) {
            if (used[source] < spare[source] && (best < 0 || reached(source, region) < reached(best, region))) {
                best = source;
            }
        }
        return best < 0 ? fallback : best;
    }

    /** Leaves one node of the region to others, so that the image can leave the region. */
    private void makeRoom(int region) {
        boolean hasLeaf =
                Arrays.stream(regions.members(region)).anyMatch(node -> places[node] == 0 && node != speaker[region]);
        if (hasLeaf && places[speaker[region]] > 0) {
            spare[region]++;
            leftOver[region]++;
        }
    }

    /** The regions, every one after that which it is reached from. */
    List<Integer> order() {
        return order;
    }

    /** The regions that are reached from this one, that with the most regions behind it first. */
    int[] next(int region) {
        return next.get(region).stream().mapToInt(Integer::intValue).toArray();
    }

    private void link() {
        int[] behind = new int[from.length];
        for (int i = order.size() - 1; i > 0; i--) {
            int region = order.get(i);
            next.get(from[region]).add(region);
            behind[from[region]] += behind[region] + 1;
        }
        for (List<Integer> regions : next) {
            regions.sort(
                    Comparator.comparingInt((Integer other) -> -behind[other]).thenComparingInt(other -> other));
        }
    }

    /** How many of the region's nodes find no place in it. */
    int leftOver(int region) {
        return leftOver[region];
    }

    /** The regions that no region has a place for. */
    int[] unserved() {
        boolean[] served = new boolean[from.length];
        order.forEach(region -> served[region] = true);
        return IntStream.range(0, from.length).filter(region -> !served[region]).toArray();
    }
}
