package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;

/** Whether a node is connected to its master, since when, and why not. Thread-safe. */
final class MasterState {
    private final Clock clock;
    private volatile View view;

    /** @param problem empty when connected */
    record View(boolean connected, Instant since, String problem) {}

    MasterState(Clock clock) {
        this.clock = requireNonNull(clock, "clock is null");
        this.view = new View(false, clock.instant(), "the node has just started");
    }

    View view() {
        return view;
    }

    void connected() {
        view = new View(true, clock.instant(), "");
    }

    /** Keeps the time since when it is away. */
    void away(String problem) {
        View before = view;
        view = new View(false, before.connected() ? clock.instant() : before.since(), problem);
    }
}
