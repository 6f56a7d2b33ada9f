package io.espalier.collector.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static Backoff backoff(double random) {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), () -> random);
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }

    @Test
    void doublesItsBoundUpToTheCap() {
        Backoff backoff = backoff(0.5);
        assertThat(millis(backoff.nextNanos(null))).isEqualTo(50);
        assertThat(millis(backoff.nextNanos(null))).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            assertThat(millis(backoff.nextNanos(null))).isLessThanOrEqualTo(2500);
        }
        assertThat(millis(backoff.nextNanos(null))).isEqualTo(2500);
        backoff.reset();
        assertThat(millis(backoff.nextNanos(null))).isEqualTo(50);
    }

    @Test
    void waitsAtLeastAsLongAsAskedButNoLongerThanAMinuteMore() {
        assertThat(millis(backoff(0).nextNanos(Duration.ofSeconds(7)))).isEqualTo(7000);
        assertThat(millis(backoff(0).nextNanos(Duration.ofDays(7)))).isEqualTo(60_000);
        assertThat(millis(backoff(0).nextNanos(null))).isEqualTo(1);
    }
}
