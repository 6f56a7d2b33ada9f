package io.espalier.relay.feed;

import io.espalier.relay.protocol.Transfer;
import java.time.Duration;

/** Bounds of a feed that both ends know. */
public final class FeedLimits {
    /** Wants that are open on one feed. */
    public static final int WANTS = 1024;
    /** Chunks of one blob; with chunks of 1 MiB that is 1 TiB. */
    public static final int CHUNKS_OF_A_BLOB = 1 << 20;
    /** Chunks of all open wants of one feed. */
    public static final long CHUNKS_OF_A_FEED = 1L << 22;
    /** Bytes of a text message; the longest is a want with its bitmap. */
    public static final int TEXT_BYTES = 256 << 10;
    /** Bytes of a binary message. */
    public static final int CHUNK_MESSAGE_BYTES = Transfer.MAX_CHUNK_BYTES + ChunkHeader.BYTES;
    /** Names that a parent's sign of life may have in one path. */
    public static final int PATH = 64;
    /** Paths that a parent's sign of life may have. */
    public static final int PATHS = 32;
    /** The parent says that it lives so often. */
    public static final Duration ALIVE_EVERY = Duration.ofMillis(500);
    /** The child takes the parent for gone when it has heard nothing for so long. */
    public static final Duration PARENT_SILENCE = Duration.ofMillis(1500);
    /** The child says that it lives so often. */
    public static final Duration CHILD_ALIVE_EVERY = Duration.ofSeconds(5);
    /** The parent takes the child for gone when it has heard nothing for so long. */
    public static final Duration CHILD_SILENCE = Duration.ofSeconds(20);

    private FeedLimits() {}
}
