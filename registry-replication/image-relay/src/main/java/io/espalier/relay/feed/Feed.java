package io.espalier.relay.feed;

import io.espalier.relay.protocol.PeerAddress;

/** The child's end of an open feed. Thread-safe. */
public interface Feed extends AutoCloseable {
    PeerAddress peer();

    /** Asks for a blob; chunks come to the listener until all are sent, the want is released or the feed ends. */
    void want(Want want);

    /** Wants no more of it; idempotent. Chunks on their way may still come. */
    void release(int want);

    /** Tells the parent that this chunk came with a wrong hash, so that it looks at its own disk. A link that cannot say it does nothing. */
    default void complain(int want, int index) {}

    /** Ends the feed; idempotent. The listener hears {@code closed}. */
    @Override
    void close();
}
