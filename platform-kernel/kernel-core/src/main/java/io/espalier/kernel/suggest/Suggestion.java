package io.espalier.kernel.suggest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that is nearest to one that is not known. */
public final class Suggestion {
    private Suggestion() {}

    /**
     * The nearest known word, if it is near enough to be meant: at most a third of the letters differ (two for short
     * words); letter case and the marks {@code - _ .} count as nothing.
     */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String wanted = plain(word);
        return known.stream()
                .filter(candidate -> distance(wanted, plain(candidate)) <= tolerance(wanted))
                .min(Comparator.comparingInt((String candidate) -> distance(wanted, plain(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code ; did you mean 'x'?} or, when nothing is near, the words that are known. */
    public static String hint(String word, Collection<String> known) {
        return nearest(word, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElseGet(() -> known.isEmpty()
                        ? "none is known."
                        : "known are "
                                + String.join(", ", known.stream().sorted().toList()) + ".");
    }

    /** Letters to insert, delete, exchange or swap with their neighbour until one word is the other. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int exchange = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(exchange, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }

    private static int tolerance(String word) {
        return Math.max(Math.min(2, word.length() - 1), word.length() / 3);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
    }
}
