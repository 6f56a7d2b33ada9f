package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Stripe;
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
 * @param have chunks that the child has, or does not want from this parent; a copy, not changed afterwards
 * @param stripe to which all chunks belong that are not in {@code have}, so that both ends see who waits for whom
 */
public record Want(
        int id,
        String repository,
        String blob,
        long size,
        int chunkBytes,
        int priority,
        long linkBytesPerSecond,
        BitSet have,
        Stripe stripe) {
    public Want {
        requireNonNull(repository, "repository is null");
        requireNonNull(blob, "blob is null");
        requireNonNull(have, "have is null");
        requireNonNull(stripe, "stripe is null");
    }

    /** Of all chunks that the child lacks. */
    public Want(
            int id,
            String repository,
            String blob,
            long size,
            int chunkBytes,
            int priority,
            long linkBytesPerSecond,
            BitSet have) {
        this(id, repository, blob, size, chunkBytes, priority, linkBytesPerSecond, have, Stripe.WHOLE);
    }
}
