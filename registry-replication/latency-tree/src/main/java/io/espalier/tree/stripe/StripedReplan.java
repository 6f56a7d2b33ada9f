package io.espalier.tree.stripe;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.plan.Replan;
import java.util.Locale;

/**
 * Decides whether a new plan is worth the change, as {@link Replan} does for one tree. Two things are special with stripes: an old
 * plan with fewer stripes than the new one goes at once, since more of them are planned only where they clearly save time; and one
 * that sends more between regions than a new plain tree goes when it saves less than 10 % any more, though 15 % brought it. So the
 * number of stripes does not go to and fro: else it goes back by the least gain only. Immutable.
 */
public final class StripedReplan {
    /** Of the plain tree's time, what stripes must go on to save that send more between regions. */
    private static final double KEPT_GAIN = 0.1;

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
            if (old.children(node) > fresh.network().maxChildren(node)) {
                return new Decision(fresh, true, fresh.network().id(node) + " may not have so many children any more.");
            }
        }
        if (fresh.complete() && !old.complete()) {
            return new Decision(fresh, true, "The trees of before do not reach all nodes.");
        }
        double before = old.completionSeconds();
        double after = fresh.completionSeconds();
        boolean dearer = fresh.stripes() == 1 && old.bytesBetweenRegions() > fresh.bytesBetweenRegions();
        if (fresh.complete() && dearer && before > (1 - KEPT_GAIN) * after) {
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

    /**
     * Which plan to use.
     *
     * @param plan the plan, on the new network
     * @param changed whether it is another one than before
     * @param reason one sentence why
     */
    public record Decision(StripedPlan plan, boolean changed, String reason) {}
}
