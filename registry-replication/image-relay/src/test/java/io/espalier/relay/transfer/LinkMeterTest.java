package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.Stripe;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkMeterTest {
    private static final Flow WEB = new Flow("app/web", new Stripe(1, 4));
    private static final Flow API = new Flow("app/api", new Stripe(1, 4));
    private static final long LIMIT = 1_000;

    private final LinkMeter meter = new LinkMeter();

    @Test
    void anImageThatGetsNothingStarvesThoughAnotherOneGetsTheSameStripe() {
        meter.begin(WEB, 0);
        meter.begin(API, 0);
        for (long now = 100; now <= 2_000; now += 100) {
            meter.enter(now);
            meter.leave(10, WEB, now);
        }

        assertThat(meter.isStarving(WEB, 2_001, LIMIT)).isFalse();
        assertThat(meter.isStarving(API, 2_001, LIMIT)).isTrue();
    }

    @Test
    void whatIsNotWantedAnyMoreDoesNotStarve() {
        meter.begin(WEB, 0);
        meter.begin(API, 0);
        meter.keep(Set.of(WEB));

        assertThat(meter.isStarving(API, 5_000, LIMIT)).isFalse();
        assertThat(meter.isStarving(WEB, 5_000, LIMIT)).isTrue();
    }
}
