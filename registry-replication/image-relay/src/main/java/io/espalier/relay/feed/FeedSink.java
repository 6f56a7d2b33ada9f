package io.espalier.relay.feed;

import java.nio.ByteBuffer;

/** Where a sender's messages leave the node, in the order of the calls. Methods do not block and do not throw. Thread-safe. */
public interface FeedSink {
    /**
     * A chunk.
     *
     * @param bytes of the chunk, from position to limit, any kind of buffer; not the sink's any longer once {@code sent} was called
     * @param sent called once, by any thread, when the bytes have gone to the link or never will
     */
    void chunk(ChunkHeader header, ByteBuffer bytes, Runnable sent);

    /** See {@link FeedListener#refused}. */
    void refused(int want, String reason, boolean retryable);

    /**
     * See {@link FeedListener#alive}.
     *
     * @return false when it was not taken since the last one has not left yet
     */
    boolean alive(boolean upstream);

    /** Ends the feed; idempotent. */
    void close(String reason);
}
