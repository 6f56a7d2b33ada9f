package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is pushed. Thread-safe. */
final class PushedClock extends Clock {
    private final AtomicReference<Instant> now;

    PushedClock(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    void push(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Override
    public Instant instant() {
        return requireNonNull(now.get(), "now is null");
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
