package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Arrival;
import io.espalier.relay.protocol.ArrivalListener;
import io.espalier.relay.protocol.TagPart;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of images that are whole in the registry, each generation once, on a thread {@code relay-arrivals}. Thread-safe. */
final class Arrivals implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);
    private static final int MOST_WAITING = 1_000;
    private static final long CLOSE_MS = 2_000;

    private final TagGenerations told;
    private final List<ArrivalListener> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Arrival> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread = new Thread(this::run, "relay-arrivals");

    /** @param told what was told before */
    Arrivals(TagGenerations told) {
        this.told = requireNonNull(told, "told is null");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(ArrivalListener listener) {
        listeners.add(requireNonNull(listener, "listener is null"));
    }

    void remove(ArrivalListener listener) {
        listeners.remove(listener);
    }

    /** Notes that a transfer is done. Never blocks. An image without a tag is part of another one, and not told. */
    void done(Job job) {
        if (listeners.isEmpty() || job.mainTag().isEmpty()) {
            return;
        }
        TagPart tag = job.mainTag().get();
        Arrival arrival = new Arrival(
                job.id(),
                job.transfer().repository(),
                tag.tag(),
                tag.digest(),
                tag.generation(),
                job.transfer().bytes());
        if (isNew(arrival) && !waiting.offer(arrival)) {
            log.warn("That {} has arrived is not told: {} others wait.", job, MOST_WAITING);
        }
    }

    private boolean isNew(Arrival arrival) {
        return told.newest(arrival.repository(), arrival.tag()) < arrival.generation();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                tell(waiting.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Noted afterwards, so that a listener whose work was cut off by a crash hears of it again when the master asks for the image. */
    private void tell(Arrival arrival) {
        if (!isNew(arrival)) {
            return;
        }
        for (ArrivalListener listener : listeners) {
            try {
                listener.arrived(arrival);
            } catch (RuntimeException e) {
                log.error("A listener failed on the arrival of {}:{}.", arrival.repository(), arrival.tag(), e);
            }
        }
        try {
            told.claim(arrival.repository(), arrival.tag(), arrival.generation());
        } catch (IOException e) {
            log.warn(
                    "That {}:{} was told cannot be noted on disk ('{}'); it may be told again.",
                    arrival.repository(),
                    arrival.tag(),
                    e.getMessage());
        }
    }

    /** Ends the thread, within 2 s; what waits is not told. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn("A listener of arrivals did not return within {} ms.", CLOSE_MS);
        }
    }
}
