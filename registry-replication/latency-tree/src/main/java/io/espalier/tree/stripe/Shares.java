package io.espalier.tree.stripe;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.Regions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Who sends in which stripe, and what of the links a stripe has: nine tenths of a sender's uplink in its own stripe and nothing of it
 * in the others; an equal part of the root's uplink and of every downlink.
 */
final class Shares {
    /**
     * Of a sender's uplink, what counts. TCP shares the root's uplink unequally among the stripes, for seconds on end; a sender that
     * would need its whole uplink to keep up with its stripe cannot make up for what came late.
     */
    private static final double USABLE = 0.9;

    private final Network network;
    private final int root;
    private final int stripes;
    private final int[] stripe;

    private Shares(Network network, int root, int stripes, int[] stripe) {
        this.network = network;
        this.root = root;
        this.stripes = stripes;
        this.stripe = stripe;
    }

    /** In each region the strongest senders are dealt out one by one, to the stripe that has least so far. */
    static Shares deal(Network network, int root, int stripes) {
        int[] stripe = new int[network.size()];
        double[] strength = new double[stripes];
        Regions regions = Regions.of(network);
        for (int region = 0; region < regions.count(); region++) {
            double[] here = new double[stripes];
            int[] senders = Arrays.stream(regions.members(region))
                    .filter(node -> node != root)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer node) -> -network.uplink(node)))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int node : senders) {
                int least = 0;
                for (int i = 1; i < stripes; i++) {
                    boolean less = here[i] < here[least] || (here[i] == here[least] && strength[i] < strength[least]);
                    least = less ? i : least;
                }
                stripe[node] = least;
                here[least] += network.uplink(node);
                strength[least] += network.uplink(node);
            }
        }
        return new Shares(network, root, stripes, stripe);
    }

    /**
     * As trees that are there have it; a node that sends in none is dealt to the first.
     *
     * @throws IllegalArgumentException when a node but the root sends in two of them
     */
    static Shares of(Network network, int root, List<int[]> parents) {
        int[] stripe = new int[network.size()];
        boolean[] sends = new boolean[network.size()];
        for (int i = 0; i < parents.size(); i++) {
            for (int parent : parents.get(i)) {
                if (parent < 0 || parent == root) {
                    continue;
                }
                if (sends[parent] && stripe[parent] != i) {
                    throw new IllegalArgumentException(
                            network.id(parent) + " passes on in two trees of a striped plan; it may do so in one.");
                }
                sends[parent] = true;
                stripe[parent] = i;
            }
        }
        return new Shares(network, root, parents.size(), stripe);
    }

    /** What the stripe has of the network. */
    Network of(int number) {
        if (stripes == 1) {
            return network;
        }
        double[] uplink = new double[network.size()];
        double[] downlink = new double[network.size()];
        for (int node = 0; node < uplink.length; node++) {
            downlink[node] = network.downlink(node) / stripes;
            uplink[node] = stripe[node] == number ? USABLE * network.uplink(node) : 0;
        }
        uplink[root] = network.uplink(root) / stripes;
        return network.withBandwidth(uplink, downlink);
    }
}
