package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.transfer.ChangeQueue.Change;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that work off changes; an image that cannot be read is tried again later and holds up no other. */
final class ChangeWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeWorkers.class);
    private static final int MAX_PROBLEMS = 1_000;
    private static final int LOOKS = 9;
    /** Longest pause before the database is tried again. */
    private static final Duration LONGEST_AWAY = Duration.ofSeconds(5);

    private static final Duration FIRST_LOOK = Duration.ofMillis(10);

    private final ChangeQueue queue;
    private final ChangeDesk desk;
    private final BackOff backOff;
    private final Runnable begun;
    private final WorkerThreads threads = new WorkerThreads("replication-controller-change");
    private final Map<ImageName, String> problems = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ImageName, String> eldest) {
            return size() > MAX_PROBLEMS;
        }
    };

    /** @param begun is called after a transfer was put on the table */
    ChangeWorkers(ChangeQueue queue, ChangeDesk desk, BackOff backOff, Runnable begun) {
        this.queue = requireNonNull(queue, "queue is null");
        this.desk = requireNonNull(desk, "desk is null");
        this.backOff = requireNonNull(backOff, "backOff is null");
        this.begun = requireNonNull(begun, "begun is null");
    }

    void start(int count) {
        threads.start(count, this::work);
    }

    private void work() {
        try {
            while (true) {
                Change change = queue.take();
                try {
                    work(change);
                } finally {
                    queue.release(change.name().repository());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(Change change) {
        try {
            ChangeDesk.Outcome outcome = desk.noticed(change.name());
            if (outcome.made().isPresent()) {
                begun.run();
            }
            settle(change, outcome);
            solved(change.name());
        } catch (ImageException e) {
            failed(change, e.sentence());
            if (e.code() == ImageException.Code.UNREADABLE) {
                queue.again(change, backOff.after(change.attempt()));
            }
        } catch (StoreException e) {
            unstored(change, e);
        } catch (RuntimeException e) {
            LOG.error("The change of {} could not be worked off.", change.name(), e);
        }
    }

    /**
     * docker-registry tells of a tag a moment before it shows it, so what is there may be the tag's past. Looks again until it is
     * what was told; something newer is told too, and then takes this one's place.
     */
    private void settle(Change change, ChangeDesk.Outcome outcome) {
        boolean open = outcome.wanted()
                && !change.digest().isEmpty()
                && !change.digest().equals(outcome.digest());
        if (open && change.attempt() < LOOKS) {
            queue.again(change, FIRST_LOOK.multipliedBy(1L << change.attempt()));
        }
    }

    /** Reads an image now, on the caller's thread, once nobody else works on its repository. */
    Optional<TransferRow> now(ImageName name, OptionalInt priority) throws ImageException, InterruptedException {
        queue.acquire(name.repository());
        try {
            Optional<TransferRow> made = desk.change(name, priority).made();
            solved(name);
            if (made.isPresent()) {
                begun.run();
            }
            return made;
        } finally {
            queue.release(name.repository());
        }
    }

    private void unstored(Change change, StoreException e) {
        String sentence = String.valueOf(e.getMessage());
        if (e.isAway()) {
            // The log says it once, for all images.
            note(change.name(), sentence);
        } else {
            failed(change, sentence);
        }
        Duration pause = backOff.after(change.attempt());
        queue.again(change, pause.compareTo(LONGEST_AWAY) < 0 ? pause : LONGEST_AWAY);
    }

    private void failed(Change change, String sentence) {
        if (!note(change.name(), sentence)) {
            LOG.warn("Image {} is not sent: {}", change.name(), sentence);
        }
    }

    /** Whether the problem was known. */
    private boolean note(ImageName name, String sentence) {
        synchronized (problems) {
            return sentence.equals(problems.put(name, sentence));
        }
    }

    private void solved(ImageName name) {
        synchronized (problems) {
            problems.remove(name);
        }
    }

    /** Why images are not sent, the latest 1,000. */
    Map<ImageName, String> problems() {
        synchronized (problems) {
            return new LinkedHashMap<>(problems);
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
