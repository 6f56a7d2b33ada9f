package io.espalier.relay.transfer;

import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.FeedOpener;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Connects engines of one process with each other, with faults to switch on for each link. */
final class MemoryFeeds implements AutoCloseable {
    private final Map<NodeId, ChunkSource> parents = new ConcurrentHashMap<>();
    private final Map<String, LinkFaults> links = new ConcurrentHashMap<>();
    private final Map<NodeId, FeedOpener> sockets = new ConcurrentHashMap<>();
    private final List<MemoryFeed> open = new CopyOnWriteArrayList<>();

    void join(String node, ChunkSource chunks) {
        parents.put(new NodeId(node), chunks);
    }

    /** The node dies: its feeds, in both directions, end at once. */
    void leave(String node) {
        NodeId gone = new NodeId(node);
        parents.remove(gone);
        open.stream()
                .filter(feed -> feed.peer().node().equals(gone) || feed.child().equals(gone))
                .forEach(MemoryFeed::close);
    }

    LinkFaults link(String parent, String child) {
        return links.computeIfAbsent(parent + ">" + child, any -> new LinkFaults());
    }

    /** Feeds to this node go over sockets from now on. */
    void bySockets(String parent, FeedOpener opener) {
        sockets.put(new NodeId(parent), opener);
    }

    FeedOpener opener(String child) {
        return (parent, listener) -> connect(new NodeId(child), parent, listener);
    }

    private Feed connect(NodeId child, PeerAddress parent, FeedListener listener) throws IOException {
        @Nullable FeedOpener real = sockets.get(parent.node());
        if (real != null) {
            return real.open(parent, listener);
        }
        LinkFaults faults = link(parent.node().value(), child.value());
        @Nullable ChunkSource source = parents.get(parent.node());
        if (source == null || faults.cut) {
            throw new IOException("Tried to open a feed to " + parent + " but nobody answers.");
        }
        faults.feeds.incrementAndGet();
        MemoryFeed feed = new MemoryFeed(child, parent, source, listener, faults, open::remove);
        open.add(feed);
        feed.start();
        return feed;
    }

    @Override
    public void close() {
        open.forEach(MemoryFeed::close);
    }
}
