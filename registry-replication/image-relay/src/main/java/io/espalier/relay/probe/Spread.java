package io.espalier.relay.probe;

import java.util.Arrays;

/**
 * The middle of several times and how far they lie from it; one late answer moves neither.
 *
 * @param median in nanoseconds
 * @param deviation median distance from the median, in nanoseconds
 */
record Spread(double median, double deviation) {
    static Spread of(long... nanos) {
        double middle = median(Arrays.stream(nanos).asDoubleStream().toArray());
        return new Spread(
                middle,
                median(Arrays.stream(nanos)
                        .mapToDouble(n -> Math.abs(n - middle))
                        .toArray()));
    }

    private static double median(double... values) {
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
