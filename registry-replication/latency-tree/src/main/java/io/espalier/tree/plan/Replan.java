package io.espalier.tree.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides whether a new plan is worth the change: a tree that still fits stays unless the new one is predicted to be faster by
 * more than the least gain, or a node has gone or come. Immutable.
 */
public final class Replan {
    private final double leastGain;

    /**
     * @param leastGain share of the old time that must be saved, 0.15 for 15 %
     */
    public Replan(double leastGain) {
        if (!(leastGain >= 0 && leastGain < 1)) {
            throw new IllegalArgumentException(
                    "A least gain of " + leastGain + " makes no sense; give a share from 0 to below 1, such as 0.15.");
        }
        this.leastGain = leastGain;
    }

    /** 15 %. */
    public static Replan byDefault() {
        return new Replan(0.15);
    }

    /**
     * Compares both trees on the new plan's network, for its request. Nodes are the same when their names are.
     *
     * @return which one to use: the old tree comes with its times predicted anew
     */
    public Decision decide(TreePlan old, TreePlan fresh) {
        requireNonNull(old, "old is null");
        requireNonNull(fresh, "fresh is null");
        Network now = fresh.network();
        if (!ids(old).equals(ids(fresh)) || !old.network().id(old.root()).equals(now.id(fresh.root()))) {
            return new Decision(fresh, true, "The nodes of the tree are others than before.");
        }
        TreePlan kept = carryOver(old, fresh);
        for (int node : kept.order()) {
            if (kept.children(node).length > now.maxChildren(node)) {
                return new Decision(fresh, true, now.id(node) + " may not have so many children any more.");
            }
        }
        double before = kept.completionSeconds();
        double gain = before == 0 ? 0 : 1 - fresh.completionSeconds() / before;
        if (Double.isInfinite(before) && !Double.isInfinite(fresh.completionSeconds())) {
            gain = 1;
        }
        String why = String.format(
                java.util.Locale.ROOT,
                "The new tree is predicted to save %.0f %% (%.3f s instead of %.3f s); a change needs more than %.0f %%.",
                100 * gain,
                fresh.completionSeconds(),
                before,
                100 * leastGain);
        return gain > leastGain ? new Decision(fresh, true, why) : new Decision(kept, false, why);
    }

    private static Map<String, Boolean> ids(TreePlan plan) {
        Map<String, Boolean> ids = new HashMap<>();
        for (int node = 0; node < plan.size(); node++) {
            ids.put(plan.network().id(node), plan.contains(node));
        }
        return ids;
    }

    private static TreePlan carryOver(TreePlan old, TreePlan fresh) {
        Network now = fresh.network();
        int[] parents = new int[fresh.size()];
        int[] sequence = new int[fresh.size()];
        Arrays.fill(parents, -1);
        int[] renumbered = new int[old.size()];
        for (int node = 0; node < old.size(); node++) {
            renumbered[node] = now.number(old.network().id(node)).orElseThrow();
        }
        int place = 0;
        for (int node : old.order()) {
            sequence[place++] = renumbered[node];
            if (old.parent(node) >= 0) {
                parents[renumbered[node]] = renumbered[old.parent(node)];
            }
        }
        for (int node : old.unreachable()) {
            sequence[place++] = renumbered[node];
        }
        return TreePlan.of(old.planner(), now, fresh.root(), fresh.request(), parents, sequence, fresh.regions());
    }

    /**
     * Which plan to use.
     *
     * @param plan the plan, on the new network
     * @param changed whether the tree is another one than before
     * @param reason one sentence why
     */
    public record Decision(TreePlan plan, boolean changed, String reason) {}
}
