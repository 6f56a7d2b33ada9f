package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.address;
import static io.espalier.relay.transfer.TestCluster.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.Stripe;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RouteCursorTest {
    private final RouteCursor cursor = new RouteCursor(Stripe.WHOLE, route("b", "a"));

    private String next() {
        return cursor.next(Set.of()).orElseThrow().node().value();
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }

    @Test
    void blobsThatBeginLaterTryTheSlowParentAgainAfterGrowingTimes() {
        cursor.leaveSlow(address("b"), 0);
        cursor.begin(seconds(29));
        assertThat(next()).isEqualTo("a");
        cursor.begin(seconds(31));
        assertThat(next()).isEqualTo("b");

        cursor.leaveSlow(address("b"), seconds(40));
        cursor.begin(seconds(75));
        assertThat(next()).as("twice as long").isEqualTo("a");
        cursor.begin(seconds(101));
        assertThat(next()).isEqualTo("b");
    }

    @Test
    void aSourceThatFailedIsNotTriedAgainByItself() {
        cursor.leave(address("b"));
        cursor.begin(seconds(3_600));
        assertThat(next()).isEqualTo("a");
    }
}
