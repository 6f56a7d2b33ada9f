package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ClusterAuthority;
import java.time.Clock;
import java.time.Instant;

/** Whether a node is connected to its master, since when, and why not. Thread-safe. */
final class MasterState {
    private final Clock clock;
    private volatile View view;
    private volatile boolean removed;

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
        removed = false;
        view = new View(true, clock.instant(), "");
    }

    /** It went away or refused the node, with these words. */
    void away(String reason) {
        removed = reason.equals(ClusterAuthority.REMOVED);
        problem(removed ? reason + "; to let it join again give it a new join token" : reason);
    }

    /** It does not take the node's certificate, or ended the connection; TLS does not say which. What it said itself is kept. */
    void turnedAway() {
        if (!removed) {
            problem("it closed the connection before it answered; a node that was removed needs a new join token");
        }
    }

    /** Keeps the time since when it is away. */
    private void problem(String problem) {
        View before = view;
        view = new View(false, before.connected() ? clock.instant() : before.since(), problem);
    }
}
