package io.espalier.replication.size;

import io.espalier.relay.protocol.Transfer;

/** How big the chunks of an image are; plans and transfers go by the same rule. */
public final class ChunkSize {
    private static final int SMALL = 256 << 10;
    private static final long LARGE_IMAGE = 1L << 30;

    private ChunkSize() {}

    /** The chunk size for an image of so many bytes: the setting, or, where that is 0, 256 KiB below 1 GiB, else 1 MiB. */
    public static int of(long imageBytes, int setting) {
        if (setting != 0) {
            return setting;
        }
        return imageBytes < LARGE_IMAGE ? SMALL : Transfer.MAX_CHUNK_BYTES;
    }
}
