package io.espalier.file.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
    private final LatencyTotal total = new LatencyTotal();
    private long nanos;
    private final LatencyWindow window = new LatencyWindow(total, () -> nanos);

    @Test
    void showsTheNinetyNinthPercentileWithinTwoDigits() {
        for (int i = 1; i <= 10_000; i++) {
            window.add(i);
        }
        window.endBatch();

        assertThat(window.p99().getAsLong()).isBetween(9_800L, 10_000L);
        assertThat(total.percentile(50).getAsLong()).isBetween(4_950L, 5_100L);
    }

    @Test
    void forgetsAfterAMinuteWhatTheTotalKeeps() {
        window.add(5_000);
        window.endBatch();
        pass(31);
        window.add(10);
        window.endBatch();
        assertThat(window.p99().getAsLong()).isGreaterThan(4_000);

        pass(30);
        assertThat(window.p99()).hasValue(10);

        pass(61);
        assertThat(window.p99()).isEmpty();
        assertThat(total.percentile(100).getAsLong()).isGreaterThanOrEqualTo(5_000);
    }

    @Test
    void countsATimeInTheFutureAsZeroAndOneOfLastYearAsAWeek() {
        window.add(-50);
        window.endBatch();
        assertThat(window.p99()).hasValue(0);

        window.add(TimeUnit.DAYS.toMillis(365));
        window.endBatch();
        assertThat(window.p99().getAsLong()).isBetween(TimeUnit.DAYS.toMillis(7), TimeUnit.DAYS.toMillis(8));
    }

    private void pass(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }
}
