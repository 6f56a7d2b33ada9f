package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Report;
import io.espalier.relay.protocol.TransferReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the master what changed: a state, a problem or a sender at once, bytes once a second. Thread {@code relay-reports} is the
 * only one that calls the receiver. Thread-safe.
 */
final class Reporter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reporter.class);
    private static final long BYTES_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_EVERY_MS = 200;
    private static final int MOST_WAITING = 1_000;
    private static final long CLOSE_MS = 2_000;

    /** What was last said about a transfer. */
    private record Said(long version, long at) {}

    private final Consumer<NodeMessage> out;
    private final Supplier<Collection<Job>> jobs;
    private final Queue<NodeMessage> waiting = new ArrayDeque<>();
    private final Set<String> urgent = new HashSet<>();
    private final Map<String, Said> said = new HashMap<>();
    private final Thread thread = new Thread(this::run, "relay-reports");
    private boolean closed;

    Reporter(Consumer<NodeMessage> out, Supplier<Collection<Job>> jobs) {
        this.out = requireNonNull(out, "out is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Something changed that the master should know at once. */
    synchronized void urgent(String transfer) {
        urgent.add(transfer);
        notifyAll();
    }

    /** Sends a message soon; when too many wait, the oldest is lost. */
    synchronized void send(NodeMessage message) {
        if (waiting.size() >= MOST_WAITING) {
            waiting.remove();
        }
        waiting.add(message);
        notifyAll();
    }

    private void run() {
        boolean last = false;
        while (!last) {
            List<NodeMessage> messages;
            Set<String> now;
            synchronized (this) {
                rest();
                last = closed;
                messages = new ArrayList<>(waiting);
                waiting.clear();
                now = Set.copyOf(urgent);
                urgent.clear();
            }
            changed(now).ifPresent(messages::add);
            messages.forEach(this::deliver);
        }
    }

    private synchronized void rest() {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MS);
        try {
            while (waiting.isEmpty() && urgent.isEmpty() && !closed && until - System.nanoTime() > 0) {
                wait(LOOK_EVERY_MS);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private Optional<NodeMessage> changed(Set<String> now) {
        long time = System.nanoTime();
        List<TransferReport> reports = new ArrayList<>();
        Set<String> all = new HashSet<>();
        for (Job job : jobs.get()) {
            all.add(job.id());
            Said before = said.get(job.id());
            long version = job.progress().version();
            boolean due = before == null || time - before.at() >= BYTES_EVERY_NANOS || now.contains(job.id());
            if (due && (before == null || before.version() != version)) {
                reports.add(job.progress().report());
                said.put(job.id(), new Said(version, time));
            }
        }
        said.keySet().retainAll(all);
        return reports.isEmpty() ? Optional.empty() : Optional.of(new Report(reports));
    }

    private void deliver(NodeMessage message) {
        try {
            out.accept(message);
        } catch (RuntimeException e) {
            log.warn("A report was not taken: {}", e.toString());
        }
    }

    /** Sends what waits and ends the thread, within 2 s. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
