package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Opens feeds as WebSockets to {@code /v1/feed} of the parent's door. Thread-safe. */
public final class VertxFeedOpener implements FeedOpener, AutoCloseable {
    private static final int FEEDS_WITH_MANY_BUFFERS = 3;
    private static final int FEEDS_WITH_TWO_BUFFERS = 8;

    private final PeerSockets sockets;
    private final MemberProof proof;
    private final EdgeCounters counters;
    private final FeedMessages messages = new FeedMessages();
    private final Set<ReceivedFeed> feeds = ConcurrentHashMap.newKeySet();

    public VertxFeedOpener(PeerSockets sockets, MemberProof proof, EdgeCounters counters) {
        this.sockets = requireNonNull(sockets, "sockets is null");
        this.proof = requireNonNull(proof, "proof is null");
        this.counters = requireNonNull(counters, "counters is null");
    }

    @Override
    public Feed open(PeerAddress parent, FeedListener listener) throws IOException {
        requireNonNull(listener, "listener is null");
        PeerSockets.Connected connected = sockets.connect(parent, FeedDoor.PATH);
        ReceivedFeed feed = new ReceivedFeed(
                parent, connected, listener, messages, counters.of(parent.node()), buffers(feeds.size()));
        feeds.add(feed);
        feed.begin(() -> feeds.remove(feed));
        return feed;
    }

    /** Of 1 MiB at most; a node with many parents at a time has little memory for each. */
    private static int buffers(int feedsOpen) {
        if (feedsOpen < FEEDS_WITH_MANY_BUFFERS) {
            return ReceivedFeed.CHUNK_BUFFERS;
        }
        return feedsOpen < FEEDS_WITH_TWO_BUFFERS ? 2 : 1;
    }

    /** Closes the feeds of parents whose certificates are no longer accepted; to be called when that may have changed. */
    public void recheck() {
        for (ReceivedFeed feed : feeds) {
            feed.certificate().flatMap(proof::problem).ifPresent(feed::end);
        }
    }

    /** Closes all feeds that are open. */
    @Override
    public void close() {
        feeds.forEach(feed -> feed.end("the node stops"));
    }
}
