package io.espalier.replication.rest.images;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.transfer.CheckProgress;
import io.espalier.replication.transfer.DeepVerification;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers one deep verification at a time, which may take hours: while nodes go on, spaces are sent ahead of the JSON, so that nobody
 * takes the connection for dead. Thread-safe.
 */
final class DeepVerify {
    private final Blocking verifying;
    private final long everyNanos;
    private final Semaphore place = new Semaphore(1);

    /**
     * Runs none yet.
     *
     * @param verifying bounds all that verify, whose place it takes too
     * @param every after so long a space is sent
     */
    DeepVerify(Blocking verifying, Duration every) {
        this.everyNanos = every.toNanos();
        this.verifying = requireNonNull(verifying, "verifying is null");
    }

    /**
     * Works, and answers in the end.
     *
     * @param rate bytes per second
     * @param work what is done, on a worker; what it throws before it tells its progress has a status of its own
     */
    void run(RoutingContext ctx, long rate, Function<DeepVerification, byte[]> work) {
        Spaces spaces = new Spaces(ctx, everyNanos);
        DeepVerification how;
        try {
            how = DeepVerification.atRate("The field 'bytesPerSecond'", rate, spaces);
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "WRONG_FIELD", String.valueOf(e.getMessage()));
        }
        if (!place.tryAcquire()) {
            throw new HttpFault(
                            503, "SATURATED", "A deep verification runs, and there is one at a time; try again later.")
                    .header("Retry-After", "60");
        }
        boolean begun = false;
        try {
            verifying.run(ctx, () -> freeing(() -> work.apply(how)), spaces::end);
            begun = true;
        } finally {
            if (!begun) {
                place.release();
            }
        }
    }

    private byte[] freeing(Supplier<byte[]> work) {
        try {
            return work.get();
        } finally {
            place.release();
        }
    }

    /** What is sent while it goes on, and the end. */
    private static final class Spaces implements Consumer<List<CheckProgress>> {
        private final Context door;
        private final HttpServerResponse response;
        private final long everyNanos;
        private long sent = System.nanoTime();

        Spaces(RoutingContext ctx, long everyNanos) {
            this.everyNanos = everyNanos;
            door = ctx.vertx().getOrCreateContext();
            response = ctx.response();
        }

        /** By the thread that verifies. */
        @Override
        public void accept(List<CheckProgress> waiting) {
            long now = System.nanoTime();
            if (now - sent >= everyNanos) {
                sent = now;
                door.runOnContext(any -> space());
            }
        }

        private void space() {
            if (!response.ended() && !response.closed()) {
                begin();
                response.write("\n");
            }
        }

        private void begin() {
            if (!response.headWritten()) {
                response.setChunked(true).putHeader("Content-Type", "application/json");
            }
        }

        void end(byte[] json) {
            if (!response.ended() && !response.closed()) {
                begin();
                response.end(Buffer.buffer(json));
            }
        }
    }
}
