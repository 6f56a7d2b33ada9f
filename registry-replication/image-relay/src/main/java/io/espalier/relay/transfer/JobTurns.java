package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives transfers their turns, by priority and then in the order of coming, and another one after a failure. Thread-safe. */
final class JobTurns {
    private static final Logger log = LoggerFactory.getLogger(JobTurns.class);
    private static final String STOPS = "The node stops.";

    private final Executor threads;
    private final Predicate<Job> isHeld;
    private final Work work;
    private final BiConsumer<Job, TransferState> ended;
    private final AtomicLong order = new AtomicLong();
    private volatile boolean closed;

    /** All that is to be done in a turn. */
    interface Work {
        TransferState run(Job job) throws TransferProblem, JobStopped, InterruptedException;
    }

    private record Turn(Job job, long number, JobTurns turns) implements Runnable, Comparable<Turn> {
        @Override
        public void run() {
            turns.run(job);
        }

        @Override
        public int compareTo(Turn other) {
            int byPriority = Integer.compare(
                    other.job.transfer().priority(), job.transfer().priority());
            return byPriority != 0 ? byPriority : Long.compare(number, other.number);
        }
    }

    /**
     * @param threads take the turns from a queue in their own order
     * @param isHeld whether a transfer gets no turn now; who lets it go adds it again
     * @param ended hears of what came to its end by itself
     */
    JobTurns(Executor threads, Predicate<Job> isHeld, Work work, BiConsumer<Job, TransferState> ended) {
        this.threads = requireNonNull(threads, "threads is null");
        this.isHeld = requireNonNull(isHeld, "isHeld is null");
        this.work = requireNonNull(work, "work is null");
        this.ended = requireNonNull(ended, "ended is null");
    }

    void add(Job job) {
        if (isHeld.test(job)) {
            return;
        }
        try {
            threads.execute(new Turn(job, order.incrementAndGet(), this));
        } catch (RejectedExecutionException e) {
            log.debug("Transfer {} is not begun: the node stops.", job);
        }
    }

    /** Adds it when its pause is over. */
    void again(Job job, long now) {
        if (job.takeTry(now) && !job.isStopped()) {
            add(job);
        }
    }

    private void run(Job job) {
        if (job.isStopped()) {
            return;
        }
        try {
            ended.accept(job, work.run(job));
        } catch (JobStopped e) {
            log.debug("Transfer {} ends: {}", job, e.getMessage());
        } catch (TransferProblem e) {
            retry(job, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            retry(job, new TransferProblem(Haste.SOON, STOPS));
        } catch (RuntimeException e) {
            log.error("Transfer {} failed unexpectedly and is tried again.", job, e);
            retry(job, new TransferProblem(Haste.SLOW, "It failed unexpectedly: " + e + "."));
        }
    }

    private void retry(Job job, TransferProblem problem) {
        if (closed || job.isStopped()) {
            return;
        }
        long pause = job.pause(problem.haste());
        if (!problem.sentence().equals(job.progress().problem())) {
            log.warn(
                    "Transfer {} is tried again in {} ms: {}",
                    job,
                    TimeUnit.NANOSECONDS.toMillis(pause),
                    problem.sentence());
        }
        job.progress().retried();
        job.progress().problem(problem.sentence());
        job.progress().state(TransferState.RETRYING);
        job.tryAt(System.nanoTime() + pause);
    }

    /** From now on nothing is tried again. */
    void close() {
        closed = true;
    }
}
