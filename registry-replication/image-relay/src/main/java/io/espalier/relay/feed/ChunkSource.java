package io.espalier.relay.feed;

import io.espalier.relay.protocol.NodeId;
import java.util.List;
import java.util.Optional;

/** Where the parent's end of a feed gets chunks from. Thread-safe. */
public interface ChunkSource {
    /**
     * Opens a blob that the node has, is getting, or can load from its own registry; close it when the want is served.
     *
     * @return empty when the node neither has nor expects it (yet)
     */
    Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes);

    /** The same for a want of a child. */
    default Optional<ReadableBlob> open(Want want) {
        return open(want.repository(), want.blob(), want.size(), want.chunkBytes());
    }

    /** What this child may read; {@code this} where all may read the same. */
    ChunkSource forChild(NodeId child);

    /**
     * Those from whom this node gets chunks itself just now, and those from whom they do, for each repository and stripe; at most
     * {@link FeedLimits#PATHS}. Orphans that name each other in a circle learn from it that they wait for themselves.
     */
    default List<Upstream> upstream() {
        return List.of();
    }

    /** A child says that a chunk which it got from here was wrong: it is read again, and dropped if it is. Does not block. */
    void complained(String blob, int chunkBytes, int index);
}
