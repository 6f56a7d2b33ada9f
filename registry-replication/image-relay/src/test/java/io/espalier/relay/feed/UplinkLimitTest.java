package io.espalier.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UplinkLimitTest {
    private static final int CHUNK = 1000;

    private final AtomicLong now = new AtomicLong(5_000_000_000L);
    private final AtomicLong wakes = new AtomicLong();

    private UplinkLimit limit(long bytesPerSecond) {
        return new UplinkLimit(bytesPerSecond, now::get);
    }

    @Test
    void withoutALimitNobodyWaits() {
        UplinkLimit.Share share = limit(0).join(() -> {});
        for (int i = 0; i < 1000; i++) {
            assertThat(share.take(CHUNK, 1)).isZero();
        }
    }

    @Test
    void theWaitFollowsFromTheRate() {
        UplinkLimit.Share share = limit(10_000).join(() -> {});
        assertThat(share.take(CHUNK, 1)).isZero();
        assertThat(share.take(CHUNK, 1)).isEqualTo(100_000_000);
        now.addAndGet(100_000_000);
        assertThat(share.take(CHUNK, 1)).isZero();
    }

    @Test
    void anIdleTimeIsNotMadeUpFor() {
        UplinkLimit.Share share = limit(10_000).join(() -> {});
        now.addAndGet(3_600_000_000_000L);
        long before = now.get();
        for (int i = 0; i < 100; i++) {
            take(share, 1);
        }
        assertThat((now.get() - before) / 1e9).isCloseTo(9.9, within(0.1));
    }

    @Test
    void aShareThatWasIdleDoesNotCatchUp() {
        UplinkLimit limit = limit(100_000);
        UplinkLimit.Share old = limit.join(wakes::incrementAndGet);
        for (int i = 0; i < 100; i++) {
            take(old, 1);
        }
        UplinkLimit.Share late = limit.join(wakes::incrementAndGet);
        long[] sent = race(old, 1, late, 1, 100);
        assertThat((double) sent[0]).isCloseTo(50, within(2.0));
        assertThat(wakes).as("turns given to the other").hasPositiveValue();
    }

    @Test
    void aHigherPriorityGetsItsPart() {
        UplinkLimit limit = limit(100_000);
        long[] sent = race(limit.join(() -> {}), 9, limit.join(() -> {}), 3, 400);
        assertThat((double) sent[0] / sent[1]).isCloseTo(3, within(0.1));
    }

    @Test
    void aShareThatRestsKeepsNobodyWaiting() {
        UplinkLimit limit = limit(100_000);
        UplinkLimit.Share busy = limit.join(() -> {});
        UplinkLimit.Share slow = limit.join(() -> {});
        take(busy, 1);
        assertThat(slow.take(CHUNK, 1)).isPositive();
        assertThat(busy.take(CHUNK, 1)).isPositive();
        now.addAndGet(10_000_000);
        assertThat(busy.take(CHUNK, 1)).as("the other is first").isPositive();

        slow.rest();

        assertThat(busy.take(CHUNK, 1)).isZero();
    }

    @Test
    void aNegativeLimitIsRefused() {
        assertThatThrownBy(() -> limit(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    private void take(UplinkLimit.Share share, int priority) {
        long wait = share.take(CHUNK, priority);
        while (wait > 0) {
            now.addAndGet(wait);
            wait = share.take(CHUNK, priority);
        }
    }

    /** Both ask all the time; answers how many chunks each got. */
    private long[] race(UplinkLimit.Share one, int first, UplinkLimit.Share two, int second, int chunks) {
        long[] sent = new long[2];
        while (sent[0] + sent[1] < chunks) {
            if (one.take(CHUNK, first) == 0) {
                sent[0]++;
            }
            if (two.take(CHUNK, second) == 0) {
                sent[1]++;
            }
            now.addAndGet(1_000_000);
        }
        return sent;
    }
}
