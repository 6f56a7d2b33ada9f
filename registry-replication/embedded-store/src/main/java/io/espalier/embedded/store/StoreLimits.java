package io.espalier.embedded.store;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How much a store keeps, and how long.
 *
 * @param bytes most that its files may have together
 * @param grace how long content is kept that no image names yet
 * @param recheck after how long every blob is read again and hashed
 */
public record StoreLimits(long bytes, Duration grace, Duration recheck) {
    private static final Duration GRACE = Duration.ofHours(1);
    private static final Duration RECHECK = Duration.ofDays(7);

    public StoreLimits {
        requireNonNull(grace, "grace is null");
        requireNonNull(recheck, "recheck is null");
        if (bytes < 1) {
            throw new IllegalArgumentException("store-bytes is " + bytes + "; use at least 1.");
        }
    }

    /** This much, an hour of grace, and a check of all blobs every week. */
    public static StoreLimits of(long bytes) {
        return new StoreLimits(bytes, GRACE, RECHECK);
    }
}
