package io.espalier.tree.simulate;

import io.espalier.tree.network.Coordinates;
import io.espalier.tree.network.NeighbourSampling;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Made-up networks to plan on: 20 regions on a plane, up to about 127 ms apart one way, nodes within 1 ms of their region's
 * middle, the root in the first region. The same seed gives the same network.
 */
public final class Topologies {
    /** How many regions there are. */
    public static final int REGIONS = 20;

    private static final double GIGABIT = 125e6;
    private static final double ACROSS_MILLIS = 90;
    private static final double REGION_MILLIS = 1;
    private static final double ACCESS_MILLIS = 0.1;

    private Topologies() {}

    /** 1 Gbit/s up and down everywhere. */
    public static Network homogeneous(int size, long seed) {
        double[] uplinks = new double[size];
        Arrays.fill(uplinks, GIGABIT);
        return network(size, seed, uplinks);
    }

    /** Uplinks: 10 % 1 Gbit/s, 60 % 100 Mbit/s, 30 % 20 Mbit/s, the root 1 Gbit/s; downlinks at least 100 Mbit/s. */
    public static Network mixed(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x5eedL);
        double[] uplinks = new double[size];
        for (int node = 0; node < size; node++) {
            double draw = random.nextDouble();
            uplinks[node] = node == 0 || draw < 0.1 ? GIGABIT : draw < 0.7 ? GIGABIT / 10 : GIGABIT / 50;
        }
        return network(size, seed, uplinks);
    }

    private static Network network(int size, long seed, double[] uplinks) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] middles = new double[REGIONS][];
        Arrays.setAll(middles, region ->
                new double[] {random.nextDouble() * ACROSS_MILLIS, random.nextDouble() * ACROSS_MILLIS});
        String[] ids = new String[size];
        Arrays.setAll(ids, node -> "n" + node);
        Coordinates places = new Coordinates(size);
        int[] regions = new int[size];
        for (int node = 0; node < size; node++) {
            regions[node] = node == 0 ? 0 : random.nextInt(REGIONS);
            double[] middle = middles[regions[node]];
            double angle = random.nextDouble() * 2 * Math.PI;
            double away = Math.sqrt(random.nextDouble()) * REGION_MILLIS;
            // Coordinates are in round-trip time, so twice the one-way plane.
            places.place(
                    node,
                    2 * (middle[0] + away * Math.cos(angle)),
                    2 * (middle[1] + away * Math.sin(angle)),
                    0,
                    2 * ACCESS_MILLIS);
        }
        NetworkBuilder builder = Network.of(ids).coordinates(places);
        NeighbourSampling sampling = new NeighbourSampling(size, seed);
        for (int node = 0; node < size; node++) {
            builder.bandwidth(node, uplinks[node], Math.max(uplinks[node], GIGABIT / 10));
            for (int peer : sampling.peers(node)) {
                builder.rtt(node, peer, places.predictMillis(node, peer));
            }
        }
        return builder.build();
    }
}
