package io.espalier.tree.stripe;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.plan.TreePlanner;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits an image into stripes with a tree each. In one tree a node either has one child, which makes long chains, or sends the
 * image twice and halves the rate of all below it; leaves never send. With stripes every node sends in one tree only (the trees
 * are interior-disjoint, as in SplitStream: Castro and others, SOSP 2003) and serves as many children as there are stripes at
 * the full rate. The root's uplink and every downlink are shared equally by the stripes, so that a chunk takes as many times longer
 * for one hop as there are stripes. Immutable, thread-safe.
 */
public final class StripePlanner {
    /** Of the plain tree's time, what stripes must save. */
    private static final double LEAST_GAIN = 0.05;

    /** Of the time with fewer stripes, what more of them must save. */
    private static final double MORE_GAIN = 0.01;

    /** Of the time, what stripes must save that send more between regions. */
    private static final double DEAR_GAIN = 0.15;

    /** So much more of the plain tree's bytes between regions they may send then. */
    private static final double MORE_BYTES = 0.1;

    private final TreePlanner planner;

    /**
     * @param planner makes the tree of each stripe; must not give children to a node without uplink
     */
    public StripePlanner(TreePlanner planner) {
        this.planner = requireNonNull(planner, "planner is null");
    }

    /**
     * The best of one stripe (a plain tree) up to {@code most}, by predicted time. The plain tree wins where the gain is below
     * 5 %, fewer stripes win over more where it is below 1 %. No node gets more children in all trees together than it may have.
     * Links between regions are paid by the byte, so a plan that sends more over them than the plain tree is taken only when it
     * saves 15 % of the plain tree's time, and never when it is more than 10 % more; {@link #plan} tells what it would be.
     */
    public StripedPlan best(Network network, int root, PlanRequest request, int most) {
        StripedPlan plain = plan(network, root, request, 1);
        StripedPlan best = plain;
        // Stripes without a sender of their own reach nobody.
        int useful = Math.min(most, network.size() - 1);
        for (int stripes = 2; stripes <= useful; stripes++) {
            StripedPlan next = plan(network, root, request, stripes);
            boolean faster = saves(next, plain, LEAST_GAIN) && saves(next, best, MORE_GAIN);
            best = next.complete() && next.fits() && (faster || !best.complete()) && !isDear(next, plain) ? next : best;
        }
        return best;
    }

    private static boolean isDear(StripedPlan striped, StripedPlan plain) {
        double before = plain.bytesBetweenRegions();
        double after = striped.bytesBetweenRegions();
        return plain.complete()
                && after > before
                && (after > (1 + MORE_BYTES) * before || !saves(striped, plain, DEAR_GAIN));
    }

    private static boolean saves(StripedPlan next, StripedPlan before, double share) {
        return next.completionSeconds() < (1 - share) * before.completionSeconds();
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
            return StripedPlan.plain(planner.plan(network, root, request));
        }
        Shares shares = Shares.deal(network, root, stripes);
        List<TreePlan> trees = new ArrayList<>();
        for (int i = 0; i < stripes; i++) {
            trees.add(planner.plan(shares.of(i), root, StripedPlan.part(request, i, stripes)));
        }
        return new StripedPlan(network, request, trees);
    }
}
