package io.espalier.relay.feed;

import io.espalier.relay.protocol.PeerAddress;

/** The child's end of an open feed. Thread-safe. */
public interface Feed extends AutoCloseable {
    PeerAddress peer();

    /** Asks for a blob; chunks come to the listener until all are sent, the want is released or the feed ends. */
    void want(Want want);

    /** Wants no more of it; idempotent. Chunks on their way may still come. */
    void release(int want);

    /** Ends the feed; idempotent. The listener hears {@code closed}. */
    @Override
    void close();
}
