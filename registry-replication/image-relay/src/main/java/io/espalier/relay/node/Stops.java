package io.espalier.relay.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be stopped in the reverse order; goes on when something fails. Thread-safe. */
final class Stops {
    private static final Logger LOG = LoggerFactory.getLogger(Stops.class);

    private final Deque<Stop> stops = new ArrayDeque<>();

    private record Stop(String what, Runnable how) {}

    synchronized void add(String what, Runnable how) {
        stops.push(new Stop(what, how));
    }

    private synchronized Stop next() {
        return stops.isEmpty() ? new Stop("", () -> {}) : stops.pop();
    }

    void run() {
        for (Stop stop = next(); !stop.what().isEmpty(); stop = next()) {
            try {
                stop.how().run();
            } catch (RuntimeException e) {
                LOG.error("The relay could not stop {}; it stops the rest.", stop.what(), e);
            }
        }
    }
}
