package io.espalier.kernel.supervise;

import java.time.Duration;
import java.time.Instant;

/** Tells the time and wakes up later. */
public interface Timekeeper {
    Instant now();

    /** Runs the task once, after the delay, on the timekeeper's own thread; the task must return at once. */
    void after(Duration delay, Runnable task);
}
