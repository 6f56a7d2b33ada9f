package io.espalier.database;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/** What the migration {@code V2__interrupted.sql} calls: the thread that starts is interrupted while its migration runs. */
public final class InterruptedStart {
    private static final AtomicReference<Thread> STARTING = new AtomicReference<>();

    private InterruptedStart() {}

    static void from(Thread starting) {
        STARTING.set(starting);
    }

    /** Called by the script; a function of SQL has a value. */
    public static int now() {
        requireNonNull(STARTING.get(), "no start has begun").interrupt();
        return 0;
    }
}
