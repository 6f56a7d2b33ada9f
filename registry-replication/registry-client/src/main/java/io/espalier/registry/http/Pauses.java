package io.espalier.registry.http;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The pauses that hosts ask for; all calls of a client wait for them. Thread-safe. */
final class Pauses {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int DOUBLINGS = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Origin, Long> until = new HashMap<>();
    /** How often a host said in a row that it is asked too much, without saying for how long. */
    private final Map<Origin, Integer> crowded = new HashMap<>();

    private boolean closed;

    /** Nobody shall send to this host for so long. */
    void pause(Origin origin, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        lock.lock();
        try {
            until.merge(origin, end, (a, b) -> a - b > 0 ? a : b);
        } finally {
            lock.unlock();
        }
    }

    /**
     * This host is asked too much and does not say how long to wait: nobody shall send to it for {@code first}, twice as long each
     * time that it says so again, up to {@code longest}.
     *
     * @return how long
     */
    Duration crowded(Origin origin, Duration first, Duration longest) {
        lock.lock();
        try {
            // Answers to calls that were on their way together count once.
            int before = crowded.getOrDefault(origin, 0);
            int times = left(origin) > 0 && before > 0 ? before : before + 1;
            crowded.put(origin, times);
            long bounded = Math.min(longest.toNanos(), first.toNanos() << Math.min(times - 1, DOUBLINGS));
            Duration pause = Duration.ofNanos(bounded <= 0 ? longest.toNanos() : bounded);
            pause(origin, pause);
            return pause;
        } finally {
            lock.unlock();
        }
    }

    /** This host took a call. */
    void answered(Origin origin) {
        lock.lock();
        try {
            crowded.remove(origin);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the host may be asked.
     *
     * @return how long that took
     * @throws RegistryException RATE_LIMITED, at once, if the pause is longer than {@code patience}
     */
    Duration awaitEnd(Origin origin, Duration patience) throws RegistryException {
        long begin = System.nanoTime();
        lock.lock();
        try {
            while (true) {
                long left = left(origin);
                checkOpen();
                if (left <= 0) {
                    return Duration.ofNanos(System.nanoTime() - begin);
                }
                if (System.nanoTime() - begin + left > patience.toNanos()) {
                    throw RegistryException.passing(
                            ErrorCode.RATE_LIMITED,
                            "The registry at " + origin + " asks for a pause (429) of " + (left / 1_000_000_000 + 1)
                                    + " s more, which is longer than this call may wait; try again then.");
                }
                awaitUntil(System.nanoTime() + left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for that long. */
    void sleep(Duration time) throws RegistryException {
        long end = System.nanoTime() + time.toNanos();
        lock.lock();
        try {
            awaitUntil(end);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads Retry-After, seconds or HTTP date; empty if there is none that can be read. */
    static Optional<Duration> retryAfter(Optional<String> header, Instant now) {
        if (header.isEmpty()) {
            return Optional.empty();
        }
        String value = header.get().strip();
        try {
            Duration pause = value.matches("[0-9]{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            Duration positive = pause.isNegative() ? Duration.ZERO : pause;
            return Optional.of(positive.compareTo(LONGEST) > 0 ? LONGEST : positive);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private long left(Origin origin) {
        Long end = until.get(origin);
        if (end == null) {
            return 0;
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
            until.remove(origin);
        }
        return left;
    }

    private void awaitUntil(long end) throws RegistryException {
        try {
            for (long left = end - System.nanoTime(); left > 0 && !closed; left = end - System.nanoTime()) {
                long ignored = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(
                    ErrorCode.INTERRUPTED, "Interrupted while waiting to try a registry call again.", e);
        }
        checkOpen();
    }

    private void checkOpen() throws RegistryException {
        if (closed) {
            throw RegistryException.lasting(ErrorCode.CLOSED, "The client of this registry was closed.");
        }
    }
}
