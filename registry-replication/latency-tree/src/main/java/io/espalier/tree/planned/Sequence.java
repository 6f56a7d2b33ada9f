package io.espalier.tree.planned;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The order of siblings. */
final class Sequence {
    private Sequence() {}

    /** Nodes with the tallest subtree first: who has the longest way to go starts first. */
    static int[] tallestFirst(int root, int[] parents) {
        int[] height = new int[parents.length];
        int[] waiting = new int[parents.length];
        for (int parent : parents) {
            if (parent >= 0) {
                waiting[parent]++;
            }
        }
        for (int leaf = 0; leaf < parents.length; leaf++) {
            int node = leaf;
            while (waiting[node] == 0 && node != root && parents[node] >= 0) {
                waiting[node] = -1;
                int parent = parents[node];
                height[parent] = Math.max(height[parent], height[node] + 1);
                waiting[parent]--;
                node = parent;
            }
        }
        return IntStream.range(0, parents.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer node) -> -height[node]).thenComparingInt(node -> node))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
