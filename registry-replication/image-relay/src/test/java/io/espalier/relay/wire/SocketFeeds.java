package io.espalier.relay.wire;

import io.espalier.http.DoorException;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.FeedOpener;

/** A parent behind a real door, and real feeds to it. Without TLS, which is below the format. */
public final class SocketFeeds implements AutoCloseable {
    private final TestNode parent;
    private final TestNode child;

    private SocketFeeds(TestNode parent, TestNode child) {
        this.parent = parent;
        this.child = child;
    }

    public static SocketFeeds between(String parent, ChunkSource chunks, String child) throws DoorException {
        return new SocketFeeds(TestNode.startPlain(parent, chunks), TestNode.startPlain(child, new MemorySource()));
    }

    /** Opens feeds to the parent, whatever address it is asked for. */
    public FeedOpener opener() {
        return (peer, listener) -> child.opener.open(parent.address(), listener);
    }

    @Override
    public void close() {
        child.close();
        parent.close();
    }
}
