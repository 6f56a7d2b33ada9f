package io.espalier.tree.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The nodes in groups that are close together: by the operator's site names where they are given, else by round-trip time
 * (single linkage, cut at the widest gap between near and far). Numbered from 0 by their first node. Immutable.
 */
public final class Regions {
    private final int[] region;
    private final int[][] members;

    private Regions(int[] region, int count) {
        this.region = region;
        int[] sizes = new int[count];
        for (int r : region) {
            sizes[r]++;
        }
        members = new int[count][];
        Arrays.setAll(members, r -> new int[sizes[r]]);
        int[] filled = new int[count];
        for (int node = 0; node < region.length; node++) {
            members[region[node]][filled[region[node]]++] = node;
        }
    }

    /** The regions of a network. */
    public static Regions of(Network network) {
        return ofLabels(new Clustering(network).labels());
    }

    /** Regions given by equal labels, renumbered by their first node. */
    public static Regions ofLabels(int[] labels) {
        int[] region = new int[labels.length];
        List<Integer> seen = new ArrayList<>();
        java.util.Map<Integer, Integer> numbers = new java.util.HashMap<>();
        for (int node = 0; node < labels.length; node++) {
            Integer number = numbers.get(labels[node]);
            if (number == null) {
                number = seen.size();
                numbers.put(labels[node], number);
                seen.add(labels[node]);
            }
            region[node] = number;
        }
        return new Regions(region, seen.size());
    }

    /** How many regions there are. */
    public int count() {
        return members.length;
    }

    /** The region of a node. */
    public int region(int node) {
        return region[node];
    }

    /** The nodes of a region, ascending. */
    public int[] members(int region) {
        return members[region].clone();
    }
}
