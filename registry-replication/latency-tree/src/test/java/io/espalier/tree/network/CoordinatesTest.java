package io.espalier.tree.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CoordinatesTest {
    @Test
    void pairsThatNobodyMeasuredArePredictedAfterAWhile() {
        int size = 300;
        Coordinates truth = scattered(size);
        Network samples = samples(truth, 0.05);
        Coordinates learnt = Coordinates.fitted(samples, 50);
        double[] errors = errors(truth, learnt, samples);
        Arrays.sort(errors);
        assertThat(errors[errors.length / 2]).isLessThan(0.08);
        assertThat(errors[errors.length * 9 / 10]).isLessThan(0.4);
        double[] before = errors(truth, new Coordinates(size), samples);
        Arrays.sort(before);
        assertThat(before[before.length / 2]).isGreaterThan(0.8);
        assertThat(learnt.error(7)).isLessThan(0.5);
    }

    @Test
    void copyStaysAsItWas() {
        Coordinates coordinates = scattered(10);
        Coordinates copy = coordinates.copy();
        double before = copy.predictMillis(0, 1);
        coordinates.update(0, 1, 500);
        assertThat(copy.predictMillis(0, 1)).isEqualTo(before);
        assertThat(coordinates.predictMillis(0, 1)).isNotEqualTo(before);
    }

    @Test
    void senselessMeasurementsAreRefused() {
        Coordinates coordinates = new Coordinates(3);
        assertThatIllegalArgumentException().isThrownBy(() -> coordinates.update(0, 1, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> coordinates.update(0, 1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> coordinates.update(1, 1, 5));
        coordinates.update(0, 1, 0);
        assertThat(coordinates.predictMillis(0, 1)).isFinite().isNotNegative();
    }

    private static double[] errors(Coordinates truth, Coordinates learnt, Network samples) {
        double[] errors = new double[truth.size() * truth.size()];
        int count = 0;
        for (int a = 0; a < truth.size(); a++) {
            for (int b = 0; b < a; b++) {
                if (!samples.measured(a, b)) {
                    double real = truth.predictMillis(a, b);
                    errors[count++] = Math.abs(learnt.predictMillis(a, b) - real) / real;
                }
            }
        }
        return Arrays.copyOf(errors, count);
    }

    private static Network samples(Coordinates truth, double noise) {
        SplittableRandom random = new SplittableRandom(3);
        NetworkBuilder builder = Network.of(java.util.stream.IntStream.range(0, truth.size())
                .mapToObj(i -> "n" + i)
                .toArray(String[]::new));
        NeighbourSampling sampling = new NeighbourSampling(truth.size(), 5);
        for (int node = 0; node < truth.size(); node++) {
            for (int peer : sampling.peers(node)) {
                builder.rtt(node, peer, truth.predictMillis(node, peer) * (1 + noise * random.nextDouble()));
            }
        }
        return builder.build();
    }

    private static Coordinates scattered(int size) {
        SplittableRandom random = new SplittableRandom(11);
        Coordinates coordinates = new Coordinates(size);
        for (int node = 0; node < size; node++) {
            coordinates.place(
                    node, random.nextDouble() * 200, random.nextDouble() * 100, 0, 1 + random.nextDouble() * 10);
        }
        return coordinates;
    }
}
