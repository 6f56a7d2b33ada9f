package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.HashSource;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.member.Members;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends nodes the hashes of chunks, blob after blob, transfers of high priority first, on a few threads of its own. The queue has
 * at most one entry for each running transfer and one for each node that comes later.
 */
final class HashFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HashFeed.class);

    /** @param node the one that catches up; null to send to all that listen */
    private record Task(Running running, int blob, @Nullable NodeId node, int attempt, long number)
            implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byPriority = Integer.compare(
                    other.running.transfer().priority(), running.transfer().priority());
            return byPriority != 0 ? byPriority : Long.compare(number, other.number);
        }
    }

    private final HashSource source;
    private final Members members;
    private final ScheduledExecutorService timer;
    private final Backoff backOff;
    private final BiConsumer<Running, String> refused;
    private final PriorityBlockingQueue<Task> queue = new PriorityBlockingQueue<>();
    private final AtomicLong numbers = new AtomicLong();
    private final WorkerThreads threads = new WorkerThreads("replication-controller-hash");

    /**
     * A feed that works once started.
     *
     * @param refused is told of a transfer whose blob is not what its digest says, and why
     */
    HashFeed(
            HashSource source,
            Members members,
            ScheduledExecutorService timer,
            Backoff backOff,
            BiConsumer<Running, String> refused) {
        this.source = requireNonNull(source, "source is null");
        this.members = requireNonNull(members, "members is null");
        this.timer = requireNonNull(timer, "timer is null");
        this.backOff = requireNonNull(backOff, "backOff is null");
        this.refused = requireNonNull(refused, "refused is null");
    }

    void start(int count) {
        threads.start(count, this::work);
    }

    /** Begins to send hashes of all blobs to all that listen; does nothing when it was begun. */
    void feed(Running running) {
        if (running.beginHashing()) {
            queue.add(new Task(running, 0, null, 0, numbers.incrementAndGet()));
        }
    }

    /** Sends one node, which came later, all hashes. */
    void catchUp(Running running, NodeId node) {
        queue.add(new Task(running, 0, node, 0, numbers.incrementAndGet()));
    }

    private void work() {
        try {
            while (true) {
                Task task = queue.take();
                List<BlobPart> blobs = task.running().transfer().blobs();
                if (task.running().isOver() || task.blob() >= blobs.size()) {
                    continue;
                }
                boolean forAll = task.node() == null;
                if (forAll && task.attempt() == 0) {
                    // The next blob may go ahead on another thread.
                    queue.add(next(task));
                }
                if (hash(task, blobs.get(task.blob())) && !forAll) {
                    queue.add(next(task));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Task next(Task task) {
        return new Task(task.running(), task.blob() + 1, task.node(), 0, task.number());
    }

    private boolean hash(Task task, BlobPart blob) {
        Running running = task.running();
        int chunkBytes = running.transfer().chunkBytes();
        try {
            source.hash(
                    running.transfer().repository(),
                    new BlobRef(blob.digest(), blob.size()),
                    chunkBytes,
                    (first, sha256) -> send(task, new MasterMessage.Hashes(blob.digest(), chunkBytes, first, sha256)));
            if (task.attempt() > 0) {
                running.problem("");
            }
            return true;
        } catch (ImageException e) {
            failed(task, e);
        } catch (RuntimeException e) {
            LOG.error("Hashing blob {} failed.", blob.digest(), e);
            again(task);
        }
        return false;
    }

    private void failed(Task task, ImageException e) {
        Running running = task.running();
        if (e.code() != ImageException.Code.UNREADABLE) {
            refused.accept(running, e.sentence());
            return;
        }
        if (running.problem().isEmpty()) {
            LOG.warn(
                    "Blobs of {}:{} cannot be read; it is tried again: {}",
                    running.row().repository(),
                    running.row().tag(),
                    e.sentence());
        }
        running.problem(e.sentence());
        again(task);
    }

    private void again(Task task) {
        Duration pause = backOff.after(task.attempt());
        Task later = new Task(task.running(), task.blob(), task.node(), task.attempt() + 1, task.number());
        if (!timer.isShutdown()) {
            Future<?> ignored = timer.schedule(() -> queue.add(later), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private boolean send(Task task, MasterMessage.Hashes hashes) {
        Running running = task.running();
        if (running.isOver() || Thread.currentThread().isInterrupted()) {
            return false;
        }
        NodeId only = task.node();
        if (only == null) {
            running.listeners().forEach(node -> members.send(node, hashes));
            return true;
        }
        return !running.state(only).isFinal() && members.send(only, hashes);
    }

    @Override
    public void close() {
        threads.close();
    }
}
