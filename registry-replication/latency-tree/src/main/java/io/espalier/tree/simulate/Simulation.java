package io.espalier.tree.simulate;

import java.util.Arrays;

/** How a plan went. Immutable. */
public final class Simulation {
    private final double[] seconds;
    private final int lostChunks;
    private final int repeatedChunks;

    Simulation(double[] seconds, int lostChunks, int repeatedChunks) {
        this.seconds = seconds.clone();
        this.lostChunks = lostChunks;
        this.repeatedChunks = repeatedChunks;
    }

    /** When the node had the whole image; NaN when it never had. */
    public double seconds(int node) {
        return seconds[node];
    }

    /** When the last of those that got the whole image had it. */
    public double completionSeconds() {
        return Arrays.stream(seconds)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    /** How many nodes got the whole image, the root included. */
    public int complete() {
        return (int)
                Arrays.stream(seconds).filter(value -> !Double.isNaN(value)).count();
    }

    /** Chunks whose transmission was cut short. */
    public int lostChunks() {
        return lostChunks;
    }

    /** Chunks that arrived at a node that had them already. */
    public int repeatedChunks() {
        return repeatedChunks;
    }
}
