package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Checking;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads images back when the master asks, and forgets that the node has what is not whole. Thread-safe. */
final class CheckDesk {
    private static final Logger log = LoggerFactory.getLogger(CheckDesk.class);
    private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The master gives up a deep check of which it hears nothing for five minutes. */
    private static final long WAITS_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RegistryClient registry;
    private final RottenBlobs rotten;
    private final JobTable jobs;
    private final EngineThreads threads;
    private final Consumer<NodeMessage> out;
    /** By image; those that have not ended. */
    private final Map<String, DeepCheck> deep = new ConcurrentHashMap<>();

    CheckDesk(
            RegistryClient registry,
            RottenBlobs rotten,
            JobTable jobs,
            EngineThreads threads,
            Consumer<NodeMessage> out) {
        this.registry = requireNonNull(registry, "registry is null");
        this.rotten = requireNonNull(rotten, "rotten is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.threads = requireNonNull(threads, "threads is null");
        this.out = requireNonNull(out, "out is null");
    }

    /** Answers later. A deep one may take hours, so that it has a thread of its own, and ends an older one of the same image. */
    void ask(Check check) {
        try {
            if (check.deep()) {
                askDeep(check);
            } else {
                threads.checks().execute(() -> say(check, find(check)));
            }
        } catch (RejectedExecutionException e) {
            log.warn("The check of {} is not made: too many wait.", image(check));
            notMade(
                    check,
                    "The check was not made, for the node stops or too many others wait there; ask again later.");
        }
    }

    /** Says now and then that a deep check still waits for another one, so that the master does not give it up. */
    void tick(long nanos) {
        deep.values().forEach(waiting -> waiting.tick(nanos));
    }

    private void askDeep(Check check) {
        DeepCheck asked = new DeepCheck(check);
        DeepCheck older = deep.put(image(check), asked);
        if (older != null && older.cancel(true)) {
            notMade(older.check, "A newer deep check of the image took the place of this one.");
        }
        try {
            threads.deepChecks().execute(asked);
        } catch (RejectedExecutionException e) {
            asked.cancel(false);
            throw e;
        }
    }

    /** Nothing is known of the image by this check. */
    private void notMade(Check check, String why) {
        say(check, new ImageCheck(check.repository(), check.tag(), "", false, why, true));
    }

    private ImageCheck find(Check check) {
        return new ImageChecker(registry, rotten, check, new Teller(check)).check();
    }

    private void say(Check check, ImageCheck found) {
        if (!found.complete() && !found.unknown()) {
            jobs.forgetDone(check.repository(), check.tag());
        }
        out.accept(new Checked(check.request(), found));
    }

    private static String image(Check check) {
        return check.repository() + ":" + check.tag();
    }

    /** Says what it found unless it was cancelled. */
    private final class DeepCheck extends FutureTask<ImageCheck> {
        private final Check check;
        private volatile boolean begun;
        /** For the thread that ticks. */
        private long told = System.nanoTime();

        DeepCheck(Check check) {
            super(() -> find(check));
            this.check = check;
        }

        @Override
        public void run() {
            begun = true;
            super.run();
        }

        private void tick(long nanos) {
            if (!begun && nanos - told >= WAITS_EVERY_NANOS) {
                told = nanos;
                out.accept(new Checking(check.request(), 0, 0));
            }
        }

        @Override
        protected void set(ImageCheck found) {
            super.set(found);
            if (!isCancelled()) {
                say(check, found);
            }
        }

        @Override
        protected void setException(Throwable failure) {
            super.setException(failure);
            if (!isCancelled()) {
                log.error("The deep check of {} failed unexpectedly.", image(check), failure);
                notMade(check, "The check failed unexpectedly; the node's log says why.");
            }
        }

        @Override
        protected void done() {
            deep.remove(image(check), this);
        }
    }

    /** Says at most once a second how far it is. */
    private final class Teller implements ImageChecker.Progress {
        private final Check check;
        private long told = System.nanoTime() - TELL_EVERY_NANOS;

        Teller(Check check) {
            this.check = check;
        }

        @Override
        public void hashed(long hashed, long bytes) {
            long now = System.nanoTime();
            if (now - told >= TELL_EVERY_NANOS) {
                told = now;
                out.accept(new Checking(check.request(), hashed, bytes));
            }
        }
    }
}
