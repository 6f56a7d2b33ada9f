package io.espalier.tree.network;

import java.util.SplittableRandom;

/**
 * Network coordinates that predict the round-trip time of pairs that nobody measured: a point in three dimensions and a height
 * (the access link that every path of the node crosses), moved a little by each measurement. Method: Vivaldi (Dabek, Cox,
 * Kaashoek, Morris, SIGCOMM 2004). Deterministic for the same updates in the same order; not thread-safe.
 */
public final class Coordinates {
    private static final int AXES = 3;
    private static final int STRIDE = AXES + 1;
    private static final double STEP = 0.25;
    private static final double LEAST_HEIGHT = 0.01;

    private final double[] points;
    private final double[] error;

    /** All nodes start close to the origin, each at a place of its own, and know nothing. */
    public Coordinates(int size) {
        points = new double[size * STRIDE];
        error = new double[size];
        SplittableRandom random = new SplittableRandom(size);
        for (int i = 0; i < size; i++) {
            for (int axis = 0; axis < AXES; axis++) {
                points[i * STRIDE + axis] = random.nextDouble() - 0.5;
            }
            points[i * STRIDE + AXES] = LEAST_HEIGHT;
            error[i] = 1;
        }
    }

    private Coordinates(double[] points, double[] error) {
        this.points = points;
        this.error = error;
    }

    /**
     * Coordinates from all measurements of a network, each used {@code rounds} times; 50 are plenty. Costs rounds times
     * measurements.
     */
    public static Coordinates fitted(Network measured, int rounds) {
        Coordinates coordinates = new Coordinates(measured.size());
        for (int round = 0; round < rounds; round++) {
            for (int node = 0; node < measured.size(); node++) {
                for (int peer : measured.measuredPeers(node)) {
                    coordinates.update(node, peer, measured.rttMillis(node, peer));
                }
            }
        }
        return coordinates;
    }

    /** How many nodes there are. */
    public int size() {
        return error.length;
    }

    /** Puts a node at a known place, in milliseconds of round-trip time, and trusts it. */
    public void place(int node, double x, double y, double z, double height) {
        points[node * STRIDE] = x;
        points[node * STRIDE + 1] = y;
        points[node * STRIDE + 2] = z;
        points[node * STRIDE + AXES] = Math.max(LEAST_HEIGHT, height);
        error[node] = LEAST_HEIGHT;
    }

    /** Moves {@code node} by its measurement of {@code peer}; the more {@code node} has learnt, the less it moves. */
    public void update(int node, int peer, double rttMillis) {
        if (!(rttMillis >= 0) || Double.isInfinite(rttMillis) || node == peer) {
            throw new IllegalArgumentException("A round-trip time of " + rttMillis + " ms between " + node + " and "
                    + peer + " cannot move coordinates; give a number of 0 or more between two nodes.");
        }
        double measured = Math.max(rttMillis, LEAST_HEIGHT);
        double predicted = predictMillis(node, peer);
        double weight = error[node] / (error[node] + error[peer]);
        double sampleError = Math.abs(predicted - measured) / measured;
        error[node] = Math.min(2, error[node] + STEP * weight * (sampleError - error[node]));
        error[node] = Math.max(LEAST_HEIGHT, error[node]);
        push(node, peer, STEP * weight * (measured - predicted), predicted);
    }

    private void push(int node, int peer, double force, double predicted) {
        int a = node * STRIDE;
        int b = peer * STRIDE;
        double length = Math.max(distance(a, b), 1e-9);
        for (int axis = 0; axis < AXES; axis++) {
            points[a + axis] += force * (points[a + axis] - points[b + axis]) / length;
        }
        double heights = points[a + AXES] + points[b + AXES];
        double share = heights / Math.max(predicted, LEAST_HEIGHT);
        points[a + AXES] = Math.max(LEAST_HEIGHT, points[a + AXES] + force * share);
    }

    /** The round-trip time that the coordinates stand for. */
    public double predictMillis(int a, int b) {
        int i = a * STRIDE;
        int j = b * STRIDE;
        return a == b ? 0 : distance(i, j) + points[i + AXES] + points[j + AXES];
    }

    /** How wrong the node's predictions have been lately, as a share of the measured time; 1 when it knows nothing. */
    public double error(int node) {
        return error[node];
    }

    /** The same coordinates, independent of later updates here. */
    public Coordinates copy() {
        return new Coordinates(points.clone(), error.clone());
    }

    private double distance(int i, int j) {
        double x = points[i] - points[j];
        double y = points[i + 1] - points[j + 1];
        double z = points[i + 2] - points[j + 2];
        return Math.sqrt(x * x + y * y + z * z);
    }
}
