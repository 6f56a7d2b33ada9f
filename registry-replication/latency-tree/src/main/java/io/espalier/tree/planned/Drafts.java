package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Trees that were tried, and which of them is the best. */
final class Drafts {
    private final Network network;
    private final int root;
    private final CompletionModel model;
    private final Regions regions;
    private final double tolerance;
    private final List<Draft> drafts = new ArrayList<>();

    Drafts(Network network, int root, CompletionModel model, Regions regions, double tolerance) {
        this.network = network;
        this.root = root;
        this.model = model;
        this.regions = regions;
        this.tolerance = tolerance;
    }

    /** Trees that give a node more children than it may have are left out. */
    void add(int[] parents) {
        int[] children = new int[parents.length];
        int missing = -1;
        int crossing = 0;
        for (int node = 0; node < parents.length; node++) {
            if (parents[node] < 0) {
                missing++;
            } else {
                if (++children[parents[node]] > network.maxChildren(parents[node])) {
                    return;
                }
                crossing += regions.region(node) == regions.region(parents[node]) ? 0 : 1;
            }
        }
        drafts.add(new Draft(parents, model.predict(root, parents).completion(), missing, crossing));
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    /** The least predicted time of a tree with all nodes so far, infinite when there is none. */
    double leastSeconds() {
        return drafts.stream()
                .filter(draft -> draft.missing() == 0)
                .mapToDouble(Draft::seconds)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** The parents of the best few, best first. */
    List<int[]> starts(int most) {
        return drafts.stream()
                .sorted(Comparator.comparingInt(Draft::missing).thenComparingDouble(Draft::seconds))
                .limit(most)
                .map(Draft::parents)
                .toList();
    }

    int[] best() {
        int missing = drafts.stream().mapToInt(Draft::missing).min().orElse(0);
        List<Draft> whole =
                drafts.stream().filter(draft -> draft.missing() == missing).toList();
        double least = whole.stream().mapToDouble(Draft::seconds).min().orElse(0);
        return whole.stream()
                .filter(draft -> draft.seconds() <= (1 + tolerance) * least)
                .min(Comparator.comparingInt(Draft::crossing).thenComparingDouble(Draft::seconds))
                .orElse(whole.get(0))
                .parents();
    }

    /** A tree, its time, how many nodes it misses, and how many of its edges lead from region to region. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Draft(int[] parents, double seconds, int missing, int crossing) {}
}
