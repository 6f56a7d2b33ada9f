package io.espalier.replication.transfer;

import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Names of images that may have changed: bounded, each name once, and of each repository one at a time, so that what is read of a
 * repository has an order. Thread-safe.
 */
final class ChangeQueue {
    /**
     * A change to work off.
     *
     * @param digest that the image is said to have now; empty when not known
     * @param attempt how often it was tried before
     */
    record Change(ImageName name, String digest, int attempt, long sinceNanos) {}

    private record Waiting(String digest, long sinceNanos, long dueNanos, int attempt) {}

    private final int bound;
    private final Map<ImageName, Waiting> waiting = new LinkedHashMap<>();
    private final Set<String> busy = new HashSet<>();

    ChangeQueue(int bound) {
        this.bound = bound;
    }

    /** False when it is full. A name that waits already, also for another try, is due now. */
    synchronized boolean add(ImageName name, String digest) {
        long now = System.nanoTime();
        Waiting before = waiting.get(name);
        if (before == null && waiting.size() >= bound) {
            return false;
        }
        waiting.put(name, new Waiting(digest, before == null ? now : before.sinceNanos(), now, 0));
        notifyAll();
        return true;
    }

    /** Waits for the first name that is due and whose repository is free; its repository is busy until {@link #release}. */
    synchronized Change take() throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long next = Long.MAX_VALUE;
            for (Iterator<Map.Entry<ImageName, Waiting>> all =
                            waiting.entrySet().iterator();
                    all.hasNext(); ) {
                Map.Entry<ImageName, Waiting> entry = all.next();
                Waiting found = entry.getValue();
                if (busy.contains(entry.getKey().repository())) {
                    continue;
                }
                if (found.dueNanos() <= now) {
                    all.remove();
                    busy.add(entry.getKey().repository());
                    return new Change(entry.getKey(), found.digest(), found.attempt(), found.sinceNanos());
                }
                next = Math.min(next, found.dueNanos() - now);
            }
            if (next == Long.MAX_VALUE) {
                wait();
            } else {
                wait(Math.max(1, next / 1_000_000));
            }
        }
    }

    /** Tries it again later, unless it is said anew before; dropped when the queue is full. */
    synchronized void again(Change change, Duration pause) {
        if (waiting.size() < bound) {
            long due = System.nanoTime() + pause.toNanos();
            waiting.putIfAbsent(
                    change.name(), new Waiting(change.digest(), change.sinceNanos(), due, change.attempt() + 1));
            notifyAll();
        }
    }

    /** Waits until nobody works on a repository, and takes it. */
    synchronized void acquire(String repository) throws InterruptedException {
        while (!busy.add(repository)) {
            wait();
        }
    }

    synchronized void release(String repository) {
        busy.remove(repository);
        notifyAll();
    }

    synchronized int size() {
        return waiting.size();
    }

    /** How long the oldest waits; zero when none does. */
    synchronized Duration age() {
        long now = System.nanoTime();
        return Duration.ofNanos(waiting.values().stream()
                .mapToLong(found -> now - found.sinceNanos())
                .max()
                .orElse(0));
    }
}
