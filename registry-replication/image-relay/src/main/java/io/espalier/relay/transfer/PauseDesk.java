package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.TransferState;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets transfers wait while their image is paused, without a next try, and go on with what is in the spool. Thread-safe. */
final class PauseDesk {
    private static final String PAUSED = "The node is paused, so it takes no chunks; relay:resume ends that.";

    private static final Logger LOG = LoggerFactory.getLogger(PauseDesk.class);
    /** A year; more is no plan. */
    private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(365);

    private final Pauses pauses;
    private final JobTable jobs;
    private final UnaryOperator<Job> again;
    private final Consumer<Job> begin;
    private final Halt halted;
    /** What the master lets wait. */
    private Set<String> held = Set.of();

    private String heldWhy = "";
    /** By {@code System.nanoTime()}; empty while nothing is held, or until the master says otherwise. */
    private OptionalLong heldUntil = OptionalLong.empty();

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
        Optional<String> reason = reason(job);
        reason.ifPresent(why -> park(job, why));
        return reason.isPresent();
    }

    private Optional<String> reason(Job job) {
        if (pauses.of(job).isPresent()) {
            return Optional.of(PAUSED);
        }
        return held.contains(job.id()) ? Optional.of(heldWhy) : Optional.empty();
    }

    /**
     * Lets these transfers wait at the master's order, and no others.
     *
     * @param seconds after which that is over; 0 for never
     */
    synchronized void hold(Collection<String> transfers, String reason, long seconds) {
        held = Set.copyOf(transfers);
        heldWhy = reason;
        heldUntil = seconds == 0 || held.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.min(seconds, MOST_SECONDS)));
        settle();
    }

    /** Ends what the master lets wait when its time is over: it may be down by then. */
    synchronized void tick(long nanoTime) {
        if (heldUntil.isPresent() && nanoTime - heldUntil.getAsLong() >= 0) {
            LOG.info("What waited at the master's order goes on, since its time is over: {}", heldWhy);
            hold(Set.of(), "", 0);
        }
    }

    /** Children look elsewhere for what is in trouble, so it counts as that. */
    private static void park(Job job, String why) {
        job.parked(true);
        job.progress().problem(why);
        job.progress().state(TransferState.RETRYING);
    }

    synchronized boolean pause(Optional<String> image, String by) throws IOException {
        boolean fresh = pauses.add(image.orElse(Pauses.ALL), by);
        settle();
        return fresh;
    }

    synchronized boolean resume(Optional<String> image) throws IOException {
        boolean ended = pauses.remove(image.orElse(Pauses.ALL));
        settle();
        return ended;
    }

    /** Lets every transfer wait or go on, as it is to now. */
    private void settle() {
        for (Job job : jobs.all()) {
            Optional<String> reason = reason(job);
            if (job.isParked() && reason.isEmpty()) {
                job.parked(false);
                job.progress().problem("");
                job.progress().state(TransferState.WAITING);
                begin.accept(job);
            } else if (reason.isPresent()
                    && !job.isParked()
                    && !job.progress().state().isFinal()) {
                // Its threads end by themselves; another one takes its place and waits.
                job.halt(reason.get());
                Job later = again.apply(job);
                park(later, reason.get());
                jobs.put(later);
                halted.halted(job, reason.get());
            }
        }
    }

    List<String> paused() {
        return pauses.all();
    }

    List<String> texts() {
        return pauses.texts();
    }
}
