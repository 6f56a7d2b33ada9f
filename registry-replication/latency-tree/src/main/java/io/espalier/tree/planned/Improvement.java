package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes a small tree faster, one change at a time: hangs a node and all below it elsewhere, takes a node out and puts it under
 * another one or into an edge, or lets two nodes change places. Only changes of nodes on the way to the last node can help. A
 * change that adds an edge between regions must save 1 % for each. When nothing helps, some nodes are hung anywhere and it starts
 * from there, until the steps are used up; the random numbers are always the same.
 */
final class Improvement {
    private static final double PER_CROSSING = 0.01;

    private final Network network;
    private final int root;
    private final CompletionModel model;
    private final Regions regions;
    private final int[] children;
    private final double[] arrival;
    private final double[] rate;
    private final int[] stamp;
    private final int[] way;
    private int[] parents;
    private int[] trial;
    private double seconds;
    private int crossing;
    private int last;
    private int round;
    private long steps;

    Improvement(Network network, int root, CompletionModel model, Regions regions, int[] start) {
        this.network = network;
        this.root = root;
        this.model = model;
        this.regions = regions;
        int size = network.size();
        parents = start.clone();
        trial = start.clone();
        children = new int[size];
        arrival = new double[size];
        rate = new double[size];
        stamp = new int[size];
        way = new int[size];
    }

    int[] run(long most) {
        for (int node = 0; node < parents.length; node++) {
            if (parents[node] < 0 && node != root) {
                return parents;
            }
        }
        steps = most;
        descend();
        int[] best = parents.clone();
        double least = seconds;
        int fewest = crossing;
        SplittableRandom random = new SplittableRandom(parents.length);
        while (steps > 0 && parents.length > 2) {
            System.arraycopy(best, 0, parents, 0, best.length);
            kick(random);
            descend();
            if (seconds < limit(least, crossing - fewest)) {
                System.arraycopy(parents, 0, best, 0, best.length);
                least = seconds;
                fewest = crossing;
            }
        }
        return best;
    }

    /** Goes on from the tree as it is until nothing helps. */
    private void descend() {
        begin();
        seconds = predict(trial, Double.POSITIVE_INFINITY);
        crossing = crossings(trial);
        boolean better = seconds < Double.POSITIVE_INFINITY;
        while (better && steps > 0) {
            better = improveOnce();
        }
    }

    /** Hangs two or three nodes anywhere, to leave a place where no single change helps. */
    private void kick(SplittableRandom random) {
        for (int changes = 2 + random.nextInt(2); changes > 0; changes--) {
            int node = random.nextInt(parents.length);
            int parent = random.nextInt(parents.length);
            if (node != root && !below(parent, node)) {
                parents[node] = parent;
            }
        }
    }

    private static double limit(double seconds, int moreCrossings) {
        return seconds * (1 - 1e-6 - PER_CROSSING * Math.max(0, moreCrossings));
    }

    private boolean improveOnce() {
        int end = last;
        for (int node = end; node != root; node = parents[node]) {
            for (int other = 0; other < parents.length && steps > 0; other++) {
                if (other != node
                        && (hang(node, other) || move(node, other) || insert(node, other) || swap(node, other))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean hang(int node, int parent) {
        if (parents[node] == parent || below(parent, node)) {
            return false;
        }
        begin();
        trial[node] = parent;
        return accept();
    }

    /** Its children go to its parent, it becomes a child of {@code parent}. */
    private boolean move(int node, int parent) {
        begin();
        takeOut(node);
        trial[node] = parent;
        return accept();
    }

    /** Its children go to its parent, it comes between {@code child} and that one's parent. */
    private boolean insert(int node, int child) {
        if (child == root) {
            return false;
        }
        begin();
        takeOut(node);
        trial[node] = trial[child];
        trial[child] = node;
        return accept();
    }

    private boolean swap(int a, int b) {
        if (b == root) {
            return false;
        }
        begin();
        for (int node = 0; node < trial.length; node++) {
            trial[node] = changed(parents[node], a, b);
        }
        int above = trial[a];
        trial[a] = trial[b];
        trial[b] = above;
        return accept();
    }

    private static int changed(int node, int a, int b) {
        return node == a ? b : node == b ? a : node;
    }

    private void takeOut(int node) {
        for (int child = 0; child < trial.length; child++) {
            if (trial[child] == node) {
                trial[child] = parents[node];
            }
        }
    }

    private void begin() {
        System.arraycopy(parents, 0, trial, 0, parents.length);
    }

    private boolean accept() {
        double limit = limit(seconds, crossings(trial) - crossing);
        int before = last;
        double found = predict(trial, limit);
        if (!(found < limit)) {
            last = before;
            return false;
        }
        seconds = found;
        crossing = crossings(trial);
        int[] old = parents;
        parents = trial;
        trial = old;
        return true;
    }

    private boolean below(int node, int top) {
        for (int at = node; at >= 0; at = parents[at]) {
            if (at == top) {
                return true;
            }
        }
        return false;
    }

    private int crossings(int[] tree) {
        int count = 0;
        for (int node = 0; node < tree.length; node++) {
            count += node != root && regions.region(node) != regions.region(tree[node]) ? 1 : 0;
        }
        return count;
    }

    /** Infinite as soon as it is clear that the tree is not below the limit, or not allowed. */
    private double predict(int[] tree, double limit) {
        steps -= tree.length;
        Arrays.fill(children, 0);
        for (int parent : tree) {
            if (parent >= 0 && ++children[parent] > network.maxChildren(parent)) {
                return Double.POSITIVE_INFINITY;
            }
        }
        round++;
        stamp[root] = round;
        rate[root] = Double.POSITIVE_INFINITY;
        arrival[root] = 0;
        double slowest = 0;
        for (int node = 0; node < tree.length; node++) {
            reach(node, tree);
            double done = node == root ? 0 : arrival[node] + model.drainSeconds(rate[node]);
            if (done >= limit) {
                return Double.POSITIVE_INFINITY;
            }
            if (done > slowest) {
                slowest = done;
                last = node;
            }
        }
        return slowest;
    }

    /** Reckons the way down to the node, from the last one that is reckoned already. */
    private void reach(int node, int[] tree) {
        int length = 0;
        for (int at = node; stamp[at] != round; at = tree[at]) {
            way[length++] = at;
        }
        while (length > 0) {
            int at = way[--length];
            int parent = tree[at];
            double edge = model.rate(parent, at, children[parent]);
            rate[at] = Math.min(rate[parent], edge);
            arrival[at] = arrival[parent] + model.hopSeconds(parent, at, edge);
            stamp[at] = round;
        }
    }
}
