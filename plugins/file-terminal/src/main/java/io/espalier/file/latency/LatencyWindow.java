package io.espalier.file.latency;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * One stream's latencies of the last 30 to 60 seconds: two histograms take turns of 30 seconds, and both are read.
 *
 * <p>Each keeps two significant digits and grows with the values it meets, to about 20 KB at most. Safe for use by many threads.
 */
public final class LatencyWindow {
    /** Later than this counts as this; earlier than 0 (clocks that disagree) counts as 0. */
    private static final long HIGHEST_MILLIS = Duration.ofDays(7).toMillis();

    private static final long TURN_NANOS = Duration.ofSeconds(30).toNanos();

    private final LatencyTotal total;
    private final LongSupplier nanoClock;
    private long[] batch = new long[512];
    private int batchSize;
    private Histogram current = new Histogram(2);
    private Histogram previous = new Histogram(2);
    private long turnStarted;

    /** A window that hands everything on to {@code total} too. */
    public LatencyWindow(LatencyTotal total, LongSupplier nanoClock) {
        this.total = requireNonNull(total, "total is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        turnStarted = nanoClock.getAsLong();
    }

    /** Collects one latency, to be counted by {@link #endBatch}. */
    public synchronized void add(long millis) {
        if (batchSize == batch.length) {
            endBatch();
        }
        batch[batchSize++] = Math.max(0, Math.min(HIGHEST_MILLIS, millis));
    }

    /** Counts what was collected. */
    public synchronized void endBatch() {
        turn();
        for (int i = 0; i < batchSize; i++) {
            current.recordValue(batch[i]);
        }
        total.add(batch, batchSize);
        batchSize = 0;
    }

    /** The 99th percentile of the window in milliseconds; empty when nothing was written in it. */
    public synchronized OptionalLong p99() {
        turn();
        Histogram both = current.copy();
        both.add(previous);
        return both.getTotalCount() == 0 ? OptionalLong.empty() : OptionalLong.of(both.getValueAtPercentile(99));
    }

    private void turn() {
        long turns = (nanoClock.getAsLong() - turnStarted) / TURN_NANOS;
        if (turns <= 0) {
            return;
        }
        if (turns > 1) {
            current.reset();
        }
        Histogram reused = previous;
        reused.reset();
        previous = current;
        current = reused;
        turnStarted += turns * TURN_NANOS;
    }
}
