package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A blob of an image.
 *
 * @param digest as {@code sha256:HEX}
 * @param size bytes
 * @param mountFrom other repositories of the same registry that hold it as far as the master knows; may be empty
 */
public record BlobPart(String digest, long size, List<String> mountFrom) {
    public BlobPart {
        requireNonNull(digest, "digest is null");
        mountFrom = List.copyOf(mountFrom);
        if (size < 0) {
            throw new IllegalArgumentException("size of blob " + digest + " is " + size + "; it cannot be negative.");
        }
    }

    /** How many chunks it has; the last one may be shorter. */
    public int chunks(int chunkBytes) {
        return Math.toIntExact((size + chunkBytes - 1) / chunkBytes);
    }
}
