package io.espalier.tree.plan;

/** The times of one tree. Immutable. */
public final class Prediction {
    private final double[] seconds;
    private final double[] rates;
    private final double completion;
    private final double bottleneck;

    /** Keeps the arrays, which nobody else may change. */
    Prediction(double[] seconds, double[] rates, double completion, double bottleneck) {
        this.seconds = seconds;
        this.rates = rates;
        this.completion = completion;
        this.bottleneck = bottleneck;
    }

    /** Seconds until the node has everything; NaN when it is not in the tree. */
    public double seconds(int node) {
        return seconds[node];
    }

    /** Bytes per second of the slowest edge on the node's way: infinite for the root, NaN outside the tree. */
    public double rate(int node) {
        return rates[node];
    }

    /** Seconds until the last node has everything. */
    public double completion() {
        return completion;
    }

    /** The slowest of all edges, infinite in a tree of one. */
    public double bottleneck() {
        return bottleneck;
    }
}
