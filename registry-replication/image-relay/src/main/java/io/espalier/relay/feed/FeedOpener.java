package io.espalier.relay.feed;

import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;

/** Opens feeds; resolves the name anew each time. Thread-safe. */
public interface FeedOpener {
    /**
     * Blocks until the feed is open, at most some seconds.
     *
     * @throws IOException with a sentence that names the peer
     */
    Feed open(PeerAddress parent, FeedListener listener) throws IOException;
}
