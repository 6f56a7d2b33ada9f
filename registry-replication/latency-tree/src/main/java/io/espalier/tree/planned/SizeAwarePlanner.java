package io.espalier.tree.planned;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.greedy.GreedyPlanner;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.CompletionModel;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.plan.TreePlanner;
import java.util.Arrays;
import java.util.List;

/**
 * Minimises the predicted time until the last node has the image. For each of some candidate rates it gives every node as many
 * children as its uplink carries at that rate, lays a backbone over the regions' gateways and a tree in each region, and keeps
 * the tree with the least predicted time; trees within a tolerance (1 %) of it are a tie, which the fewest edges between regions win. So one
 * and the same measurements give a wide tree for a small image and a narrow one for a big image. In networks of up to
 * {@value #SMALL} nodes the best trees are then improved edge by edge.
 */
public final class SizeAwarePlanner implements TreePlanner {
    /** Up to so many nodes trees are improved edge by edge. */
    static final int SMALL = 128;

    /** Up to so many nodes the greedy tree, which costs nodes squared, is a candidate too. */
    private static final int GREEDY = 256;

    /** The backbone costs regions squared; with more of them there is no backbone. */
    private static final int MOST_REGIONS = 512;

    /** Steps of improvement; one step looks at one node of one tree. Keeps 100 nodes within milliseconds. */
    private static final long STEPS = 400_000;

    private final double tolerance;

    /** With a tolerance of 1 %. */
    public SizeAwarePlanner() {
        this(0.01);
    }

    /**
     * @param tolerance share of the least time that fewer edges between regions may cost; more where long links are dear
     */
    public SizeAwarePlanner(double tolerance) {
        if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException(
                    "A tolerance of " + tolerance + " makes no sense; give a share of 0 or more, such as 0.01.");
        }
        this.tolerance = tolerance;
    }

    @Override
    public TreePlan plan(Network network, int root, PlanRequest request) {
        requireNonNull(network, "network is null");
        requireNonNull(request, "request is null");
        if (root < 0 || root >= network.size()) {
            throw new IllegalArgumentException(
                    "There is no node " + root + " to be the root; nodes are 0 to " + (network.size() - 1) + ".");
        }
        Regions regions = Regions.of(network);
        CompletionModel model = new CompletionModel(network, request, network.size() <= GREEDY);
        Drafts drafts = new Drafts(network, root, model, regions, tolerance);
        draft(drafts, network, root, request, model, regions);
        int[] parents = drafts.best();
        return TreePlan.of("planned", network, root, request, parents, Sequence.tallestFirst(root, parents), regions);
    }

    private void draft(
            Drafts drafts, Network network, int root, PlanRequest request, CompletionModel model, Regions regions) {
        Regions one = Regions.ofLabels(new int[network.size()]);
        Regions laid = regions.count() > MOST_REGIONS ? one : regions;
        for (double rate : new CandidateRates(network, root).descending()) {
            if (request.bytes() / rate > (1.05 + tolerance) * drafts.leastSeconds()) {
                // Lower rates only make it longer.
                break;
            }
            drafts.add(new Growth(network, root, model, laid, rate).parents());
            if (regions.count() > 1 && network.size() <= GREEDY) {
                drafts.add(new Growth(network, root, model, one, rate).parents());
            }
        }
        if (network.size() <= GREEDY) {
            drafts.add(new GreedyPlanner().parents(network, root));
        }
        if (network.size() <= SMALL) {
            List<int[]> starts = drafts.starts(network.size() <= 16 ? 8 : 2);
            for (int[] start : starts) {
                drafts.add(new Improvement(network, root, model, regions, start).run(STEPS / starts.size()));
            }
        }
        if (drafts.isEmpty()) {
            int[] alone = new int[network.size()];
            Arrays.fill(alone, -1);
            drafts.add(alone);
        }
    }
}
