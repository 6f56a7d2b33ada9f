package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The rates worth a try: what an uplink carries for one, two, three children, the slowest downlink, the root's uplink shared by
 * all, and the highest rate at which all uplinks together reach every node.
 */
final class CandidateRates {
    private static final int MOST = 30;
    private static final int QUANTILES = 8;
    private static final int SHARES = 4;

    private final Network network;
    private final int root;

    CandidateRates(Network network, int root) {
        this.network = network;
        this.root = root;
    }

    /**
     * Feasible rates from the highest to the lowest, at most {@value #MOST}; one that is never feasible if there is no other; none
     * when the root serves nobody.
     */
    double[] descending() {
        if (network.size() == 1 || places(network, root, root, Double.MIN_NORMAL) == 0) {
            return new double[0];
        }
        double highest = highestFeasible();
        if (highest == 0) {
            return new double[] {Double.MIN_NORMAL};
        }
        NavigableSet<Double> rates = new TreeSet<>();
        rates.add(highest);
        double slowest = Double.POSITIVE_INFINITY;
        for (int node = 0; node < network.size(); node++) {
            slowest = node == root ? slowest : Math.min(slowest, network.downlink(node));
        }
        addIfFeasible(rates, slowest);
        for (double uplink : uplinks()) {
            for (int share = 1; share <= SHARES; share++) {
                addIfFeasible(rates, uplink / share);
            }
        }
        for (int share = 1; share < network.size(); share += Math.max(1, share / 2)) {
            addIfFeasible(rates, network.uplink(root) / share);
        }
        addIfFeasible(rates, network.uplink(root) / (network.size() - 1));
        return thinned(rates);
    }

    private static double[] thinned(NavigableSet<Double> rates) {
        List<Double> kept = new ArrayList<>();
        for (double rate : rates.descendingSet()) {
            if (kept.isEmpty() || rate < 0.99 * kept.get(kept.size() - 1)) {
                kept.add(rate);
            }
        }
        double step = Math.max(1, (kept.size() - 1) / (double) (MOST - 1));
        List<Double> few = new ArrayList<>();
        for (double at = 0; at < kept.size() && few.size() < MOST; at += step) {
            few.add(kept.get((int) Math.round(at)));
        }
        return few.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private double[] uplinks() {
        double[] sorted = new double[network.size()];
        Arrays.setAll(sorted, network::uplink);
        double[] distinct = Arrays.stream(sorted)
                .filter(uplink -> uplink > 0)
                .sorted()
                .distinct()
                .toArray();
        if (distinct.length <= QUANTILES) {
            return distinct;
        }
        double[] quantiles = new double[QUANTILES];
        Arrays.setAll(quantiles, i -> distinct[i * (distinct.length - 1) / (QUANTILES - 1)]);
        return quantiles;
    }

    private void addIfFeasible(NavigableSet<Double> rates, double rate) {
        if (rate > 0 && rate < Double.POSITIVE_INFINITY && feasible(rate)) {
            rates.add(rate);
        }
    }

    private double highestFeasible() {
        double low = 0;
        double high = 0;
        for (int node = 0; node < network.size(); node++) {
            high = Math.max(high, network.uplink(node));
        }
        if (high == 0 || !feasible(Double.MIN_NORMAL)) {
            return 0;
        }
        if (feasible(high)) {
            return high;
        }
        for (int round = 0; round < 30; round++) {
            double middle = (low + high) / 2;
            if (feasible(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean feasible(double rate) {
        long places = 0;
        for (int node = 0; node < network.size(); node++) {
            places += places(network, root, node, rate);
        }
        return places >= network.size() - 1 && places(network, root, root, rate) > 0;
    }

    /** How many children a node can serve at this rate; one that cannot receive at it should serve none. */
    static int places(Network network, int root, int node, double rate) {
        if (network.uplink(node) == 0 || (node != root && network.downlink(node) < rate * 0.999)) {
            return 0;
        }
        // A hair more, so that an uplink of three times the rate has three places in spite of rounding.
        double places = Math.floor(network.uplink(node) / rate * 1.000001);
        return (int) Math.min(Math.min(places, network.maxChildren(node)), network.size() - 1);
    }
}
