package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Brings all blobs of a transfer into the registry, several at once, in their order. Two transfers into one repository that share a
 * blob commit it one after the other, so the second finds it there. Thread-safe.
 */
final class BlobCommits {
    /** The next ones are asked for before the first is there, so that the link never pauses. */
    static final int AT_ONCE = 8;

    private static final long LOOK_MS = 200;

    private final RegistryClient registry;
    private final FetchTable fetches;
    private final ChildSupply children;
    private final RottenBlobs rotten;
    private final ExecutorService workers;
    private final Map<String, Turn> turns = new HashMap<>();

    /** Whose turn it is with a blob of a repository. */
    private static final class Turn {
        private final Lock lock = new ReentrantLock();
        private int users;
    }

    /** @param workers with at least {@link #AT_ONCE} threads for each transfer that runs */
    BlobCommits(
            RegistryClient registry,
            FetchTable fetches,
            ChildSupply children,
            RottenBlobs rotten,
            ExecutorService workers) {
        this.registry = requireNonNull(registry, "registry is null");
        this.fetches = requireNonNull(fetches, "fetches is null");
        this.children = requireNonNull(children, "children is null");
        this.rotten = requireNonNull(rotten, "rotten is null");
        this.workers = requireNonNull(workers, "workers is null");
    }

    /** Returns when all are there; throws the first problem when those that can go on have ended. */
    void run(Job job) throws TransferProblem, JobStopped, InterruptedException {
        Semaphore room = new Semaphore(AT_ONCE);
        List<Future<@Nullable Void>> running = new ArrayList<>();
        Runnable cancel = () -> {
            synchronized (running) {
                running.forEach(future -> future.cancel(true));
            }
        };
        job.whenStopped(cancel);
        try {
            for (BlobPart part : job.transfer().blobs()) {
                do {
                    job.requireRunning();
                } while (!room.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS));
                synchronized (running) {
                    running.add(workers.submit(() -> {
                        try {
                            commit(job, part);
                            return null;
                        } finally {
                            room.release();
                        }
                    }));
                }
            }
            await(job, running);
        } finally {
            job.forgetStop(cancel);
            cancel.run();
        }
    }

    private static void await(Job job, List<Future<@Nullable Void>> running)
            throws TransferProblem, JobStopped, InterruptedException {
        TransferProblem first = null;
        for (Future<@Nullable Void> future : running) {
            try {
                job.requireRunning();
                future.get();
            } catch (ExecutionException e) {
                job.requireRunning();
                TransferProblem problem = problem(e.getCause());
                first = first == null ? problem : first;
            } catch (CancellationException e) {
                job.requireRunning();
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static TransferProblem problem(@Nullable Throwable cause) {
        if (cause instanceof TransferProblem problem) {
            return problem;
        }
        return new TransferProblem(Haste.SOON, "It failed unexpectedly: " + cause + ".");
    }

    private void commit(Job job, BlobPart part) throws TransferProblem, JobStopped, InterruptedException {
        String key = job.transfer().repository() + "@" + part.digest();
        Turn turn = enter(key);
        try {
            turn.lock.lockInterruptibly();
            try {
                new BlobCommit(job, part, registry, fetches, children, rotten).run();
            } finally {
                turn.lock.unlock();
            }
        } finally {
            exit(key, turn);
        }
    }

    private Turn enter(String key) {
        synchronized (turns) {
            Turn turn = turns.computeIfAbsent(key, any -> new Turn());
            turn.users++;
            return turn;
        }
    }

    private void exit(String key, Turn turn) {
        synchronized (turns) {
            turn.users--;
            if (turn.users == 0) {
                turns.remove(key);
            }
        }
    }
}
