package io.espalier.file.writer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A wish that all records which are in the topic now be visible in files; the writer fulfils it when it can. */
public final class PublishRequest {
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    void fulfilled() {
        done.complete(true);
    }

    void refused() {
        done.complete(false);
    }

    boolean settled() {
        return done.isDone();
    }

    /**
     * Waits for the records to be visible. After a time-out the wish is withdrawn.
     *
     * @return whether they are
     */
    public boolean await(long nanos) throws InterruptedException {
        try {
            return done.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException late) {
            done.complete(false);
            return false;
        }
    }
}
