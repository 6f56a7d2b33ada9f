package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.greedy.GreedyPlanner;
import io.espalier.tree.greedy.Rule;
import io.espalier.tree.plan.TreePlanner;
import io.espalier.tree.planned.SizeAwarePlanner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which planner makes the trees.
 *
 * @param name {@code planned} or {@code greedy}
 * @param rule of the greedy planner: {@code best-group} or {@code k=N}
 */
public record PlannerChoice(String name, String rule) {
    public static final PlannerChoice PLANNED = new PlannerChoice("planned", "best-group");
    private static final Pattern K_BEST = Pattern.compile("k=([1-9][0-9]{0,3})");

    /** @throws IllegalArgumentException with a sentence that names the setting */
    public PlannerChoice {
        requireNonNull(name, "name is null");
        requireNonNull(rule, "rule is null");
        if (!name.equals("planned") && !name.equals("greedy")) {
            throw new IllegalArgumentException("planner is '" + name + "'; use planned or greedy.");
        }
        if (!rule.equals("best-group") && !K_BEST.matcher(rule).matches()) {
            throw new IllegalArgumentException(
                    "greedy-rule is '" + rule + "'; use best-group, or k=N with N from 1 to 9999.");
        }
    }

    public TreePlanner planner() {
        if (name.equals("planned")) {
            return new SizeAwarePlanner();
        }
        Matcher k = K_BEST.matcher(rule);
        return new GreedyPlanner(
                GreedyPlanner::ping, k.matches() ? Rule.kBest(Integer.parseInt(k.group(1))) : Rule.bestGroup());
    }

    /** Whether it can make a tree for each stripe: the greedy one does not look who may send. */
    boolean stripes() {
        return name.equals("planned");
    }

    /** The other planner with the same rule. */
    public PlannerChoice named(String other) {
        return new PlannerChoice(other, rule);
    }
}
