package io.espalier.kernel.supervise;

import java.time.Instant;

/** Tells the time and wakes up at a time. */
public interface Timekeeper {
    Instant now();

    /** Runs the task once when it is due, or now if it is already, on any thread; the task must return at once. */
    void at(Instant due, Runnable task);
}
