package io.espalier.relay.spool;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk's size and what is free of it for this process, in bytes; both -1 when the disk does not tell.
 */
public record DiskSpace(long totalBytes, long freeBytes) {
    private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);
    private static final long UNKNOWN = -1;
    private static final long LOW_BYTES = 1L << 30;
    private static final int LOW_PART = 20;

    /** The disk under the folder as it is now. */
    public static DiskSpace of(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return new DiskSpace(store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException e) {
            log.debug("The disk of {} does not tell its space.", folder, e);
            return new DiskSpace(UNKNOWN, UNKNOWN);
        }
    }

    /** Whether less is free than a twentieth of the disk, or than 1 GiB of a large one. */
    public boolean isLow() {
        return freeBytes >= 0 && freeBytes < bound();
    }

    /** Whether one that was low is so no longer: half as much again is free, so that what comes and goes makes no news of it. */
    public boolean isWellAgain() {
        return freeBytes < 0 || freeBytes >= bound() + bound() / 2;
    }

    private long bound() {
        return Math.min(LOW_BYTES, totalBytes / LOW_PART);
    }
}
