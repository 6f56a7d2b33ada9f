package io.espalier.tree.network;

import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Whom each node should measure: everybody in a network of up to {@link #ALL_PAIRS} nodes, else about {@link #PEERS} peers, so
 * that the number of measurements grows with the nodes and not with their square.
 */
public final class NeighbourSampling {
    /** Up to so many nodes every pair is measured. */
    public static final int ALL_PAIRS = 100;

    /** Above that, so many peers each. */
    public static final int PEERS = 32;

    private final int size;
    private final long seed;

    /** The same seed gives the same peers. */
    public NeighbourSampling(int size, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("A network of " + size + " nodes has nobody to measure.");
        }
        this.size = size;
        this.seed = seed;
    }

    /**
     * The peers that the node should measure, ascending. Above {@link #ALL_PAIRS} nodes they include the next node by number,
     * which ties all nodes together, and else are drawn at random.
     */
    public int[] peers(int node) {
        if (node < 0 || node >= size) {
            throw new IllegalArgumentException("There is no node " + node + "; nodes are 0 to " + (size - 1) + ".");
        }
        TreeSet<Integer> peers = new TreeSet<>();
        if (size <= ALL_PAIRS) {
            for (int peer = 0; peer < size; peer++) {
                peers.add(peer);
            }
        } else {
            peers.add((node + 1) % size);
            SplittableRandom random = new SplittableRandom(seed * 31 + node);
            while (peers.size() < PEERS) {
                peers.add(random.nextInt(size));
                peers.remove(node);
            }
        }
        peers.remove(node);
        return peers.stream().mapToInt(Integer::intValue).toArray();
    }
}
