package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;

/**
 * A child's wish for the chunks of a blob that it lacks.
 *
 * @param id chosen by the child, unique on its feed
 * @param repository in which the parent's registry may hold the blob
 * @param blob digest
 * @param size bytes of the whole blob
 * @param priority 1 to 10, the weight among the wants of the feed
 * @param linkBytesPerSecond most that the feed may carry for this want; 0 is no limit
 * @param have chunks that the child has; a copy, not changed afterwards
 */
public record Want(
        int id,
        String repository,
        String blob,
        long size,
        int chunkBytes,
        int priority,
        long linkBytesPerSecond,
        BitSet have) {
    public Want {
        requireNonNull(repository, "repository is null");
        requireNonNull(blob, "blob is null");
        requireNonNull(have, "have is null");
    }
}
