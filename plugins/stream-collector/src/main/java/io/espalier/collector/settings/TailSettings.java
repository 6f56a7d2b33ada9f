package io.espalier.collector.settings;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How files are read.
 *
 * @param startAt where to start in files that are there at the very first start
 * @param maxRecordBytes the longest record; a longer line is cut into several
 * @param poll how often a file that is read to its end is looked at
 * @param watch how often it is looked whether a path has become another file
 * @param rescan how often the file system is searched for new files
 * @param grace how long a file that was renamed or deleted must be silent before it is let go
 * @param maxFiles how many files are read at most
 */
public record TailSettings(
        StartAt startAt,
        int maxRecordBytes,
        Duration poll,
        Duration watch,
        Duration rescan,
        Duration grace,
        int maxFiles) {
    public static final TailSettings DEFAULT = new TailSettings(
            StartAt.BEGINNING,
            256 * 1024,
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            4096);

    public TailSettings {
        requireNonNull(startAt, "startAt is null");
        Limits.atLeast("max-record-bytes", 1, maxRecordBytes);
        Limits.positive("poll", poll);
        Limits.positive("watch", watch);
        Limits.positive("rescan", rescan);
        Limits.positive("grace", grace);
        Limits.atLeast("max-files", 1, maxFiles);
    }

    public TailSettings withGrace(Duration newGrace) {
        return new TailSettings(startAt, maxRecordBytes, poll, watch, rescan, newGrace, maxFiles);
    }
}
