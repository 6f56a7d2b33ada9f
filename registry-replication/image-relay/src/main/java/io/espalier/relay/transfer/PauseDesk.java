package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.TransferState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Lets transfers wait while their image is paused, without a next try, and go on with what is in the spool. Thread-safe. */
final class PauseDesk {
    private static final String PAUSED = "The node is paused, so it takes no chunks; control:ask resume ends that.";

    private final Pauses pauses;
    private final JobTable jobs;
    private final UnaryOperator<Job> again;
    private final Consumer<Job> begin;
    private final Halt halted;

    /** Ends what runs on account of a transfer, for a reason that children are told. */
    interface Halt {
        void halted(Job job, String reason);
    }

    /**
     * A desk over a table of transfers.
     *
     * @param again the same transfer from its beginning
     * @param begin lets a transfer run when its turn comes
     */
    PauseDesk(Pauses pauses, JobTable jobs, UnaryOperator<Job> again, Consumer<Job> begin, Halt halted) {
        this.pauses = requireNonNull(pauses, "pauses is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.again = requireNonNull(again, "again is null");
        this.begin = requireNonNull(begin, "begin is null");
        this.halted = requireNonNull(halted, "halted is null");
    }

    /** Whether the transfer must wait; then it does from now on. */
    synchronized boolean holds(Job job) {
        boolean paused = pauses.of(job).isPresent();
        if (paused) {
            park(job);
        }
        return paused;
    }

    /** Children look elsewhere for what is in trouble, so it counts as that. */
    private static void park(Job job) {
        job.parked(true);
        job.progress().problem(PAUSED);
        job.progress().state(TransferState.RETRYING);
    }

    synchronized boolean pause(Optional<String> image) throws IOException {
        boolean fresh = pauses.add(image.orElse(Pauses.ALL));
        for (Job job : jobs.all()) {
            if (!job.progress().state().isFinal()
                    && !job.isParked()
                    && pauses.of(job).isPresent()) {
                // Its threads end by themselves; another one takes its place and waits.
                job.halt(PAUSED);
                Job later = again.apply(job);
                park(later);
                jobs.put(later);
                halted.halted(job, PAUSED);
            }
        }
        return fresh;
    }

    synchronized boolean resume(Optional<String> image) throws IOException {
        boolean ended = pauses.remove(image.orElse(Pauses.ALL));
        for (Job job : jobs.all()) {
            if (job.isParked() && pauses.of(job).isEmpty()) {
                job.parked(false);
                job.progress().problem("");
                job.progress().state(TransferState.WAITING);
                begin.accept(job);
            }
        }
        return ended;
    }

    List<String> paused() {
        return pauses.all();
    }
}
