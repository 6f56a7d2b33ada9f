package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Checking;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads images back when the master asks, and forgets that the node has what is not whole. Thread-safe. */
final class CheckDesk {
    private static final Logger log = LoggerFactory.getLogger(CheckDesk.class);
    private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RegistryClient registry;
    private final RottenBlobs rotten;
    private final JobTable jobs;
    private final EngineThreads threads;
    private final Consumer<NodeMessage> out;

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

    /** Answers later. A deep one may take hours, so that it has a thread of its own. */
    void ask(Check check) {
        try {
            (check.deep() ? threads.deepChecks() : threads.checks()).execute(() -> answer(check));
        } catch (RejectedExecutionException e) {
            log.warn("The check of {}:{} is not made: too many wait.", check.repository(), check.tag());
        }
    }

    private void answer(Check check) {
        ImageCheck found = new ImageChecker(registry, rotten, check, new Teller(check)).check();
        if (!found.complete() && !found.unknown()) {
            jobs.forgetDone(check.repository(), check.tag());
        }
        out.accept(new Checked(check.request(), found));
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
