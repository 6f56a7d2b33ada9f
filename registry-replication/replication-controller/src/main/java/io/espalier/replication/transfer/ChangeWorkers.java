package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.transfer.ChangeQueue.Change;
import io.espalier.replication.transfer.Releases.Hold;
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
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final ChangeQueue queue;
    private final ChangeDesk desk;
    private final Backoff backOff;
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
    ChangeWorkers(ChangeQueue queue, ChangeDesk desk, Backoff backOff, Runnable begun) {
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
            if (outcome.hold().isPresent()) {
                held(change, outcome, outcome.hold().get());
            } else {
                settle(change, outcome);
                solved(change.name());
            }
        } catch (ImageException e) {
            failed(change.name(), e.sentence());
            if (e.code() == ImageException.Code.UNREADABLE) {
                queue.again(change, backOff.after(change.attempt()));
            }
        } catch (StoreException e) {
            unstored(change, e);
        } catch (RuntimeException e) {
            if (change.attempt() == 0) {
                LOG.error("The change of {} could not be worked off.", change.name(), e);
            }
            failed(
                    change.name(),
                    "It could not be worked off (" + e + "); it is tried again, and the master's log says more.");
            queue.again(change, backOff.after(change.attempt()));
        }
    }

    /** No thread waits for a verdict: the change waits in the queue and the gate is asked again. */
    private void held(Change change, ChangeDesk.Outcome outcome, Hold hold) {
        if (hold.settled()) {
            failed(change.name(), hold.sentence());
            settle(change, outcome);
        } else {
            waits(change.name(), hold.sentence());
            queue.again(change, ASK_AGAIN);
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

    /**
     * Reads an image now, on the caller's thread, once nobody else works on its repository. One that is being judged is sent by itself
     * when it passes.
     *
     * @param released whether the release gate is passed over
     */
    Optional<TransferRow> now(ImageName name, OptionalInt priority, boolean released)
            throws ImageException, InterruptedException {
        queue.acquire(name.repository());
        try {
            ChangeDesk.Outcome outcome = desk.change(name, priority, released);
            if (outcome.hold().isPresent()) {
                Hold hold = outcome.hold().get();
                if (!hold.settled()) {
                    queue.add(name, "");
                }
                waits(name, hold.sentence());
                throw ImageException.refused("Image " + name + " is not sent: " + hold.sentence());
            }
            solved(name);
            if (outcome.made().isPresent()) {
                begun.run();
            }
            return outcome.made();
        } finally {
            queue.release(name.repository());
        }
    }

    private void failed(ImageName name, String sentence) {
        if (isNews(name, sentence)) {
            LOG.warn("Image {} is not sent: {}", name, sentence);
        }
    }

    private void waits(ImageName name, String sentence) {
        if (isNews(name, sentence)) {
            LOG.info("Image {} is not sent yet: {}", name, sentence);
        }
    }

    private void unstored(Change change, StoreException e) {
        String sentence = String.valueOf(e.getMessage());
        if (!e.isAway()) {
            failed(change.name(), sentence);
        } else if (isNews(change.name(), sentence)) {
            // A warning is written once for all images.
            LOG.debug("Image {} is not sent: {}", change.name(), sentence);
        }
        Duration pause = backOff.after(change.attempt());
        queue.again(change, pause.compareTo(LONGEST_AWAY) < 0 ? pause : LONGEST_AWAY);
    }

    private boolean isNews(ImageName name, String sentence) {
        synchronized (problems) {
            return !sentence.equals(problems.put(name, sentence));
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
