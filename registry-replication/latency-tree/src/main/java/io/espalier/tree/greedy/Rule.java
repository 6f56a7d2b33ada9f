package io.espalier.tree.greedy;

import java.util.Comparator;
import java.util.List;

/** Which of the nodes left a node wants. */
public sealed interface Rule {
    /** Those that tie for the best: within max(1, 10 %) of it (1 ms for round-trip times). */
    static Rule bestGroup() {
        return new BestGroup(1, 0.1);
    }

    /**
     * Those that tie for the best.
     *
     * @param least always tolerated, in the unit of the cost
     * @param share tolerated as a share of the best
     */
    static Rule bestGroup(double least, double share) {
        return new BestGroup(least, share);
    }

    /** The k best. A node takes k more when nobody else can take those left. */
    static Rule kBest(int k) {
        return new KBest(k);
    }

    /** At most {@code capacity} of them, best first, equal ones by number. */
    List<Wish> wishes(List<Wish> costs, int capacity);

    private static List<Wish> best(List<Wish> costs, int count) {
        return costs.stream()
                .sorted(Comparator.comparingDouble(Wish::cost).thenComparingInt(Wish::node))
                .limit(Math.max(0, count))
                .toList();
    }

    /** Those within a tolerance of the best. */
    record BestGroup(double least, double share) implements Rule {
        public BestGroup {
            if (!(least >= 0) || !(share >= 0)) {
                throw new IllegalArgumentException(
                        "A tolerance of " + least + " or a share of " + share + " makes no sense; give 0 or more.");
            }
        }

        @Override
        public List<Wish> wishes(List<Wish> costs, int capacity) {
            double best = costs.stream().mapToDouble(Wish::cost).min().orElse(0);
            double limit = best + Math.max(least, share * best);
            return best(costs.stream().filter(wish -> wish.cost() <= limit).toList(), capacity);
        }
    }

    /** A fixed number. */
    record KBest(int k) implements Rule {
        public KBest {
            if (k < 1) {
                throw new IllegalArgumentException("The " + k + " best nodes make no tree; give at least 1.");
            }
        }

        @Override
        public List<Wish> wishes(List<Wish> costs, int capacity) {
            return best(costs, Math.min(k, capacity));
        }
    }
}
