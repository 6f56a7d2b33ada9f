package io.espalier.embedded.layout;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;

/** Bytes that a store may use, those of uploads that run among them. Thread-safe. */
public final class Room {
    private final long limit;
    private long used;

    /** An empty one of so many bytes. */
    public Room(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("store-bytes is " + limit + "; use at least 1.");
        }
        this.limit = limit;
    }

    public long limit() {
        return limit;
    }

    public synchronized long used() {
        return used;
    }

    /** How many bytes are missing to take so many. */
    public synchronized long missing(long bytes) {
        return Math.max(0, used + bytes - limit);
    }

    /** Counts what is there, whether it is within the limit or not. */
    synchronized void add(long bytes) {
        used += bytes;
    }

    synchronized void give(long bytes) {
        used -= bytes;
    }

    synchronized void take(long bytes) throws RegistryException {
        if (bytes > limit) {
            throw RegistryException.lasting(
                    ErrorCode.TOO_LARGE,
                    "The blob has " + bytes + " bytes but the whole image store has " + limit + "; raise store-bytes.");
        }
        if (used + bytes > limit) {
            throw RegistryException.passing(
                    ErrorCode.REFUSED,
                    "The image store has " + used + " of " + limit + " bytes in use and no room for " + bytes
                            + " more; delete images there or raise store-bytes.");
        }
        used += bytes;
    }
}
