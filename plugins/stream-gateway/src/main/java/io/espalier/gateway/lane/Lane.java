package io.espalier.gateway.lane;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.queue.Offer;
import io.espalier.stream.queue.RequestQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream's way to the cluster: a bounded queue, and a worker thread that hands what waits there to the stream's writer.
 *
 * <p>Several requests are in flight at once, bounded in bytes. Whatever blocks here, as a broker that hangs, blocks this
 * stream's queue and nothing else.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final String STOPPED = "The gateway stopped before the records were sent; send them again.";

    private final StreamDefinition stream;
    private final LaneSettings settings;
    private final WriterPool pool;
    private final GatewayIdentity identity;
    private final LaneCounts counts;
    private final RequestQueue<Pending> queue;
    private final ByteBudget inFlight;
    private final Thread worker;
    private volatile boolean stopping;
    private @Nullable StreamWriter writer;

    Lane(
            StreamDefinition stream,
            LaneSettings settings,
            WriterPool pool,
            GatewayIdentity identity,
            LaneCounts counts,
            Lanes owner) {
        this.stream = stream;
        this.settings = settings;
        this.pool = pool;
        this.identity = identity;
        this.counts = counts;
        this.queue = new RequestQueue<>(settings.queue());
        this.inFlight = new ByteBudget(settings.maxInFlightBytes());
        this.worker = new Thread(() -> work(owner), "gateway-lane-" + stream.id());
        this.worker.setDaemon(true);
        this.worker.setContextClassLoader(Lane.class.getClassLoader());
    }

    void start() {
        worker.start();
    }

    Offer offer(Submission submission, CompletableFuture<Outcome> answer) {
        counts.entered(submission);
        Offer offer = queue.offer(
                new Pending(
                        submission,
                        answer,
                        System.nanoTime() + settings.requestTimeout().toNanos()),
                submission.weight());
        if (!(offer instanceof Offer.Accepted)) {
            counts.left(submission);
        }
        return offer;
    }

    /** Whether nothing waits and nothing is in flight. */
    private boolean isQuiet() {
        return queue.depth().requests() == 0 && inFlight.isUnused();
    }

    /** Takes nothing more; hands back what no worker has seen, so that it can go into another lane. */
    List<Pending> retire() {
        stopping = true;
        List<Pending> left = queue.close();
        left.forEach(pending -> counts.left(pending.submission()));
        return left;
    }

    /** Takes nothing more, answers what waits, and lets the worker close the writer. Returns at once. */
    void stop() {
        retire().forEach(pending -> pending.answer().complete(new Outcome.NotStored(STOPPED)));
    }

    /** Waits for the worker up to the limit and interrupts it then; answers whether it has ended. */
    boolean join(Duration limit) throws InterruptedException {
        worker.join(Math.max(1, limit.toMillis()));
        if (worker.isAlive()) {
            worker.interrupt();
        }
        return !worker.isAlive();
    }

    private void work(Lanes owner) {
        long lastTraffic = System.nanoTime();
        try {
            while (!stopping) {
                Optional<Pending> next =
                        queue.poll(TICK.compareTo(settings.idleClose()) < 0 ? TICK : settings.idleClose());
                if (next.isPresent()) {
                    pass(next.get());
                    lastTraffic = System.nanoTime();
                } else if (System.nanoTime() - lastTraffic
                                >= settings.idleClose().toNanos()
                        && isQuiet()) {
                    owner.retire(stream.id(), this);
                    LOG.debug("Stream {} is quiet; its producer is closed.", stream.id());
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The lane of stream {} was interrupted.", stream.id());
        } finally {
            owner.ended(stream.id(), this);
            stop();
            closeWriter();
        }
    }

    private void pass(Pending pending) throws InterruptedException {
        long weight = pending.submission().weight();
        Duration left = Duration.ofNanos(pending.deadlineNanos() - System.nanoTime());
        boolean room = false;
        try {
            room = !left.isNegative() && inFlight.take(weight, left);
        } finally {
            if (!room) {
                pending.settle(counts, new Outcome.NotStored(waitedTooLong()));
            }
        }
        if (room) {
            var unused = write(pending.submission()).whenComplete((nothing, failure) -> {
                inFlight.giveBack(weight);
                pending.settle(counts, outcome(pending, failure));
            });
        }
    }

    private String waitedTooLong() {
        return "The records waited for earlier ones of their stream, up to "
                + settings.requestTimeout().toSeconds() + " s, and were not sent; send them again.";
    }

    /** Also an Error, as from a class that cannot be loaded, must not leave a sender without an answer. */
    private CompletableFuture<Void> write(Submission submission) {
        try {
            return writer().write(identity.identify(submission));
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Outcome outcome(Pending pending, @Nullable Throwable failure) {
        if (failure == null) {
            return new Outcome.Stored(pending.submission().entries().size());
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WriteException refused) {
            String sentence = String.valueOf(refused.getMessage());
            return refused.isPermanent() ? new Outcome.Refused(sentence) : new Outcome.NotStored(sentence);
        }
        LOG.error("Writing to stream {} failed unexpectedly.", stream.id(), cause);
        return new Outcome.NotStored("The records could not be handed to Kafka; send them again.");
    }

    private StreamWriter writer() throws WriteException {
        StreamWriter open = writer;
        if (open == null) {
            open = pool.open(stream);
            writer = open;
        }
        return open;
    }

    private void closeWriter() {
        StreamWriter open = writer;
        writer = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException e) {
                LOG.warn("The producer of stream {} could not be closed.", stream.id(), e);
            }
        }
    }
}
