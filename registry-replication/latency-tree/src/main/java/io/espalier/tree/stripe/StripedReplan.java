package io.espalier.tree.stripe;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.plan.Replan;
import io.espalier.tree.plan.TreePlan;
import java.util.Locale;

/**
 * Decides whether a new plan is worth the change, as {@link Replan} does for one tree. Two things are special with stripes: an old
 * plan with fewer stripes than the new one goes at once, since more of them are planned only where they clearly save time; and one
 * that sends more between regions than the new one goes, too, when the new one is a plain tree. So the number of stripes does not go to and fro: back it goes only
 * by the least gain. Immutable.
 */
public final class StripedReplan {
    private final Replan replan;
    private final double leastGain;

    /**
     * @param leastGain share of the old time that must be saved, 0.15 for 15 %
     */
    public StripedReplan(double leastGain) {
        this.replan = new Replan(leastGain);
        this.leastGain = leastGain;
    }

    /**
     * Which one to use.
     *
     * @param old of the same nodes, with its times on the new plan's network
     */
    public Decision decide(StripedPlan old, StripedPlan fresh) {
        requireNonNull(old, "old is null");
        requireNonNull(fresh, "fresh is null");
        if (old.stripes() == 1 && fresh.stripes() == 1) {
            Replan.Decision one = replan.decide(old.first(), fresh.first());
            return new Decision(StripedPlan.plain(one.plan()), one.changed(), one.reason());
        }
        for (int node = 0; node < old.size(); node++) {
            if (children(old, node) > fresh.network().maxChildren(node)) {
                return new Decision(fresh, true, fresh.network().id(node) + " may not have so many children any more.");
            }
        }
        if (fresh.complete() && !old.complete()) {
            return new Decision(fresh, true, "The trees of before do not reach all nodes.");
        }
        double before = old.completionSeconds();
        double after = fresh.completionSeconds();
        if (fresh.complete() && fresh.stripes() == 1 && old.bytesBetweenRegions() > fresh.bytesBetweenRegions()) {
            return new Decision(fresh, true, "One tree sends fewer bytes from one region into another now.");
        }
        double gain = Double.isInfinite(before) && !Double.isInfinite(after) ? 1 : before > 0 ? 1 - after / before : 0;
        String why = String.format(
                Locale.ROOT,
                "%d instead of %d stripes are predicted to save %.0f %% (%.3f s instead of %.3f s).",
                fresh.stripes(),
                old.stripes(),
                100 * gain,
                after,
                before);
        boolean worth = gain > (fresh.stripes() > old.stripes() ? 0 : leastGain);
        return worth ? new Decision(fresh, true, why) : new Decision(old, false, why);
    }

    private static int children(StripedPlan plan, int node) {
        int children = 0;
        for (TreePlan tree : plan.trees()) {
            children += tree.children(node).length;
        }
        return children;
    }

    /**
     * Which plan to use.
     *
     * @param plan the plan, on the new network
     * @param changed whether it is another one than before
     * @param reason one sentence why
     */
    public record Decision(StripedPlan plan, boolean changed, String reason) {}
}
