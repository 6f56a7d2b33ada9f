package io.espalier.file.writer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What all writers have in common.
 *
 * @param rollAge the longest time a file stays in flight once its first record is written
 * @param rollBytes a file of at least this size is published; it is larger by at most one poll
 * @param idlePoll the longest wait of a poll, and so the longest sleep of an idle stream's thread
 * @param firstRetry the pause after a first failure; it doubles with each further one
 * @param longestRetry the longest such pause
 */
public record WriterSettings(
        Duration rollAge, long rollBytes, Duration idlePoll, Duration firstRetry, Duration longestRetry) {
    public WriterSettings {
        requireNonNull(rollAge, "rollAge is null");
        requireNonNull(idlePoll, "idlePoll is null");
        requireNonNull(firstRetry, "firstRetry is null");
        requireNonNull(longestRetry, "longestRetry is null");
        if (rollAge.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("rollAge is " + rollAge + "; use at least 100 ms.");
        }
        if (rollBytes < 1024) {
            throw new IllegalArgumentException("rollBytes is " + rollBytes + "; use at least 1024.");
        }
    }

    /** The usual polls and pauses with these bounds for a file. */
    public static WriterSettings rollingAt(Duration rollAge, long rollBytes) {
        return new WriterSettings(
                rollAge, rollBytes, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(10));
    }
}
