package io.espalier.kernel.supervise;

import java.time.Duration;
import java.time.Instant;

/** Turns a storm of nudges into few sweeps: the first soon, the following with some distance. */
final class Sweep {
    private static final Duration SOON = Duration.ofMillis(5);
    private static final Duration DISTANCE = Duration.ofMillis(100);

    private final Timekeeper time;
    private final Runnable task;
    private Instant earliest = Instant.MIN;
    private boolean requested;
    private boolean closed;

    Sweep(Timekeeper time, Runnable task) {
        this.time = time;
        this.task = task;
    }

    synchronized void request() {
        if (requested || closed) {
            return;
        }
        requested = true;
        Instant soon = time.now().plus(SOON);
        Instant due = soon.isBefore(earliest) ? earliest : soon;
        time.at(due, this::run);
    }

    synchronized void close() {
        closed = true;
    }

    private void run() {
        synchronized (this) {
            requested = false;
            if (closed) {
                return;
            }
            earliest = time.now().plus(DISTANCE);
        }
        task.run();
    }
}
