package io.espalier.replication.rest;

import io.espalier.http.HttpFault;
import io.espalier.replication.plan.PlanException;
import io.espalier.replication.store.StoreException;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs what may block on the door's workers; beyond the bound a request is pushed back at once. Thread-safe. */
public final class Blocking {
    private final int bound;
    private final Semaphore places;

    /** @param bound most requests at once, those included that wait for one of the door's workers */
    public Blocking(int bound) {
        this.bound = bound;
        this.places = new Semaphore(bound);
    }

    /**
     * Works on a worker and answers on the door's own thread. A store that fails, a plan that cannot be made and a state in which
     * nothing can be done become 503, a wrong value 400.
     */
    public <T> void run(RoutingContext ctx, Supplier<T> work, Consumer<T> answer) {
        if (!places.tryAcquire()) {
            throw new HttpFault(
                            503,
                            "SATURATED",
                            "The controller works on " + bound
                                    + " requests, as many as it takes at once; try again in a second.")
                    .header("Retry-After", "1");
        }
        ctx.vertx().executeBlocking(() -> guarded(work), false).onComplete(done -> {
            places.release();
            if (done.succeeded()) {
                answer.accept(done.result());
            } else {
                ctx.fail(done.cause());
            }
        });
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (PlanException | StoreException | IllegalStateException notNow) {
            throw new HttpFault(
                            503,
                            notNow instanceof StoreException ? "STORE_FAILED" : "NOT_NOW",
                            String.valueOf(notNow.getMessage()))
                    .header("Retry-After", "5");
        } catch (IllegalArgumentException wrong) {
            throw bad(wrong);
        }
    }

    /** A value that cannot be, as an answer. */
    static HttpFault bad(IllegalArgumentException wrong) {
        return new HttpFault(400, "BAD_VALUE", String.valueOf(wrong.getMessage()));
    }
}
