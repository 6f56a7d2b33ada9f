package io.espalier.gateway.kafka;

import io.espalier.gateway.lane.WriteException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Counts the acknowledgements of one report's records; settles when the last one has come. Safe for use by many threads. */
final class InFlightReport implements Callback {
    private final String topic;
    private final Duration deliveryTimeout;
    private final Runnable onBroken;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final AtomicReference<@Nullable WriteException> failure = new AtomicReference<>();
    /** One for the hand-over itself, so that early acknowledgements do not settle a report half handed over. */
    private final AtomicInteger open = new AtomicInteger(1);

    InFlightReport(String topic, Duration deliveryTimeout, Runnable onBroken) {
        this.topic = topic;
        this.deliveryTimeout = deliveryTimeout;
        this.onBroken = onBroken;
    }

    void sending() {
        open.incrementAndGet();
    }

    void notSent() {
        closeOne();
    }

    void handedOver() {
        closeOne();
    }

    void failed(WriteException reason) {
        failure.compareAndSet(null, reason);
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    CompletableFuture<Void> settled() {
        return settled;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
        if (exception != null) {
            failed(WriteFaults.of(topic, deliveryTimeout, exception));
            if (WriteFaults.breaksProducer(exception)) {
                onBroken.run();
            }
        }
        closeOne();
    }

    private void closeOne() {
        if (open.decrementAndGet() == 0) {
            WriteException reason = failure.get();
            if (reason == null) {
                settled.complete(null);
            } else {
                settled.completeExceptionally(reason);
            }
        }
    }
}
