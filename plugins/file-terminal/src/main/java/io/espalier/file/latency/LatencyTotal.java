package io.espalier.file.latency;

import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/** All latencies since the start, with two significant digits. Safe for use by many threads. */
public final class LatencyTotal {
    private final Histogram histogram = new Histogram(2);

    synchronized void add(long[] millis, int count) {
        for (int i = 0; i < count; i++) {
            histogram.recordValue(millis[i]);
        }
    }

    /** Milliseconds at {@code percentile} (above 0, at most 100); empty when nothing has been recorded. */
    public synchronized OptionalLong percentile(double percentile) {
        return histogram.getTotalCount() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(histogram.getValueAtPercentile(percentile));
    }
}
