package io.espalier.tree.greedy;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.plan.TreePlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The greedy rule: level by level, every node of the last level measures all nodes left and takes those that tie for its best, or
 * its k best; a node wanted twice goes to the lower cost, then to the parent with the lower number; until none is left. Does not
 * look at bandwidth or at the image's size. When nobody of the last level can measure or take any node left, all nodes of the
 * tree are asked; what nobody can measure stays unreachable. Costs at most nodes squared times levels.
 */
public final class GreedyPlanner implements TreePlanner {
    private final CostFunction cost;
    private final Rule rule;

    /** By round-trip time, best group. */
    public GreedyPlanner() {
        this(GreedyPlanner::ping, Rule.bestGroup());
    }

    public GreedyPlanner(CostFunction cost, Rule rule) {
        this.cost = requireNonNull(cost, "cost is null");
        this.rule = requireNonNull(rule, "rule is null");
    }

    /** What {@code from} measured itself, else what is expected; NaN when nothing is known. */
    public static double ping(Network network, int from, int to) {
        double own = network.rttMillis(from, to);
        return Double.isNaN(own) ? network.expectedRttMillis(from, to) : own;
    }

    @Override
    public TreePlan plan(Network network, int root, PlanRequest request) {
        if (root < 0 || root >= network.size()) {
            throw new IllegalArgumentException(
                    "There is no node " + root + " to be the root; nodes are 0 to " + (network.size() - 1) + ".");
        }
        Growth growth = new Growth(network, root);
        growth.run();
        return TreePlan.of("greedy", network, root, request, growth.parents, growth.sequence(), Regions.of(network));
    }

    /** The parent of each node by this rule, -1 for the root and for those that are not reached. */
    public int[] parents(Network network, int root) {
        Growth growth = new Growth(network, root);
        growth.run();
        return growth.parents;
    }

    /** One run of the rule. */
    private final class Growth {
        private final Network network;
        private final int[] parents;
        private final int[] children;
        private final boolean[] in;
        private final List<Integer> attached = new ArrayList<>();
        private int[] left;

        Growth(Network network, int root) {
            this.network = network;
            parents = new int[network.size()];
            children = new int[network.size()];
            in = new boolean[network.size()];
            left = new int[0];
            Arrays.fill(parents, -1);
            in[root] = true;
            attached.add(root);
        }

        void run() {
            List<Integer> level = List.copyOf(attached);
            left = notAttached();
            while (left.length > 0) {
                List<Integer> taken = takeFor(level);
                if (taken.isEmpty() && level.size() < attached.size()) {
                    taken = takeFor(List.copyOf(attached));
                }
                if (taken.isEmpty()) {
                    return;
                }
                level = taken;
                left = notAttached();
            }
        }

        private int[] notAttached() {
            return java.util.stream.IntStream.range(0, in.length)
                    .filter(node -> !in[node])
                    .toArray();
        }

        private List<Integer> takeFor(List<Integer> level) {
            double[] price = new double[in.length];
            int[] taker = new int[in.length];
            Arrays.fill(taker, -1);
            for (int parent : level) {
                for (Wish wish : rule.wishes(costs(parent), network.maxChildren(parent) - children[parent])) {
                    int node = wish.node();
                    if (taker[node] < 0
                            || wish.cost() < price[node]
                            || (wish.cost() == price[node] && parent < taker[node])) {
                        taker[node] = parent;
                        price[node] = wish.cost();
                    }
                }
            }
            List<Integer> taken = new ArrayList<>();
            for (int node : left) {
                if (taker[node] >= 0) {
                    parents[node] = taker[node];
                    children[taker[node]]++;
                    in[node] = true;
                    taken.add(node);
                }
            }
            taken.sort(Comparator.comparingDouble((Integer node) -> price[node]).thenComparingInt(node -> node));
            attached.addAll(taken);
            return taken;
        }

        private List<Wish> costs(int parent) {
            List<Wish> costs = new ArrayList<>(left.length);
            for (int node : left) {
                double value = cost.of(network, parent, node);
                if (!Double.isNaN(value)) {
                    costs.add(new Wish(node, value));
                }
            }
            return costs;
        }

        int[] sequence() {
            List<Integer> sequence = new ArrayList<>(attached);
            for (int node : notAttached()) {
                sequence.add(node);
            }
            return sequence.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
