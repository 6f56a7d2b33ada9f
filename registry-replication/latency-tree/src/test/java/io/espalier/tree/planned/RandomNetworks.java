package io.espalier.tree.planned;

import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import java.util.SplittableRandom;

/** Networks of any shape for properties: regions or none, equal or very different links. */
final class RandomNetworks {
    private static final double[] UPLINKS = {2.5e6, 6.25e6, 12.5e6, 62.5e6, 125e6};

    private RandomNetworks() {}

    /** All pairs measured, sometimes unequally from both ends. */
    static Network allPairs(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] ids = new String[size];
        double[] x = new double[size];
        double[] y = new double[size];
        int regions = 1 + random.nextInt(4);
        double across = random.nextBoolean() ? 100 : 5;
        for (int i = 0; i < size; i++) {
            ids[i] = "n" + i;
            int region = random.nextInt(regions);
            x[i] = region * across + random.nextDouble() * 3;
            y[i] = (region * 7 % 3) * across + random.nextDouble() * 3;
        }
        NetworkBuilder builder = Network.of(ids);
        for (int i = 0; i < size; i++) {
            double uplink = UPLINKS[random.nextInt(UPLINKS.length)];
            builder.bandwidth(i, uplink, Math.max(uplink, UPLINKS[random.nextInt(UPLINKS.length)]));
            for (int j = 0; j < size; j++) {
                if (i != j) {
                    double rtt = Math.hypot(x[i] - x[j], y[i] - y[j]) + 0.2;
                    builder.rtt(i, j, rtt * (1 + 0.1 * random.nextDouble()));
                }
            }
        }
        return builder.build();
    }

    /** As above, where some nodes may have few children or none. */
    static NetworkBuilder limited(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NetworkBuilder builder = Network.of(
                java.util.stream.IntStream.range(0, size).mapToObj(i -> "n" + i).toArray(String[]::new));
        for (int i = 0; i < size; i++) {
            builder.bandwidth(i, UPLINKS[random.nextInt(UPLINKS.length)], 125e6);
            if (i == 0 || random.nextBoolean()) {
                builder.maxChildren(i, 1 + random.nextInt(4));
            }
            for (int j = 0; j < size; j++) {
                if (i != j && random.nextInt(4) > 0) {
                    builder.rtt(i, j, 1 + random.nextInt(200));
                }
            }
        }
        return builder;
    }
}
