package io.espalier.catalog.rest;

import io.espalier.http.HttpFault;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Runs blocking changes on the door's workers; beyond the bound a request is pushed back at once. */
final class ChangeQueue {
    private final int bound;
    private final Semaphore places;

    /** @param bound changes that run or wait at most */
    ChangeQueue(int bound) {
        this.bound = bound;
        this.places = new Semaphore(bound);
    }

    <T> void run(RoutingContext ctx, Callable<T> change, Consumer<T> answer) {
        if (!places.tryAcquire()) {
            throw new HttpFault(
                            503,
                            "SATURATED",
                            "The catalog has " + bound
                                    + " changes under way, as many as it takes; try again in a second.")
                    .header("Retry-After", "1");
        }
        ctx.vertx().executeBlocking(change, false).onComplete(done -> {
            places.release();
            if (done.succeeded()) {
                answer.accept(done.result());
            } else {
                ctx.fail(done.cause());
            }
        });
    }
}
