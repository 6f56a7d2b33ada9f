package io.espalier.relay.feed;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Hears what comes over a feed. Called by the feed's own thread, one call at a time; as long as a call lasts, little more is read
 * from the link, so a slow listener slows the sender down.
 */
public interface FeedListener {
    /**
     * A chunk, not yet verified.
     *
     * @param data valid during the call only
     */
    void chunk(int want, int index, ByteBuffer data);

    /** A part of a chunk has come. Called by another thread, also while another call lasts; must not block. */
    default void part() {}

    /**
     * The parent does not serve the want.
     *
     * @param retryable it may later, as when it has not heard of the transfer yet
     */
    void refused(int want, String reason, boolean retryable);

    /**
     * The parent lives; comes every 500 ms, also while chunks come.
     *
     * @param upstream at some time since the last call it had no chunk that this child lacked, so that a delay, or a low rate, is
     *     not of its making
     */
    void alive(boolean upstream);

    /** From whom the parent gets chunks itself, see {@link ChunkSource#upstream}; comes before each {@link #alive}. */
    default void upstream(List<Upstream> paths) {}

    /** The feed is gone; called once, last. Also when the parent was silent for too long. */
    void closed(String reason);
}
