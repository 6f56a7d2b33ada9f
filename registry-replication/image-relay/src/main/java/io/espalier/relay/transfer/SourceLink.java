package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one feed to a source, which the blobs of all transfers share. Thread-safe. */
final class SourceLink implements FeedListener {
    private final PeerAddress peer;
    private final FeedHub hub;
    private final LinkMeter meter = new LinkMeter();
    /** Also released ones as long as their blob is fetched: a chunk that was on its way is used. */
    private final Map<Integer, StripeFetch> wants = new ConcurrentHashMap<>();

    private final Set<Integer> active = new HashSet<>();
    private final List<Want> early = new ArrayList<>();
    /** Held while a want or its release is sent, so that they leave in the order in which they were decided. */
    private final Object sending = new Object();

    private @Nullable Feed feed;
    private List<Upstream> upstream = List.of();
    private int lastId;
    private boolean gone;
    private long idleSince = System.nanoTime();

    SourceLink(PeerAddress peer, FeedHub hub) {
        this.peer = requireNonNull(peer, "peer is null");
        this.hub = requireNonNull(hub, "hub is null");
    }

    PeerAddress peer() {
        return peer;
    }

    LinkMeter meter() {
        return meter;
    }

    /** The feed is open; false when the link was given up meanwhile. */
    boolean opened(Feed opened) {
        List<Want> waiting;
        synchronized (this) {
            if (gone) {
                return false;
            }
            feed = opened;
            waiting = List.copyOf(early);
            early.clear();
            meter.opened(System.nanoTime());
        }
        waiting.forEach(want -> send(opened, want));
        return true;
    }

    /** Asks for the chunks that a blob lacks of a stripe; answers the want's id, -1 when the link is gone. */
    int want(StripeFetch fetch) {
        Feed open;
        Want want;
        synchronized (this) {
            if (gone) {
                return -1;
            }
            want = fetch.want(++lastId);
            wants.put(want.id(), fetch);
            active.add(want.id());
            meter.begin(fetch.flow(), System.nanoTime());
            open = feed;
            if (open == null) {
                early.add(want);
            }
        }
        if (open != null) {
            send(open, want);
        }
        return want.id();
    }

    /** One that was released before it could be sent is not sent at all: the parent would serve it to the end. */
    private void send(Feed open, Want want) {
        synchronized (sending) {
            boolean wanted;
            synchronized (this) {
                wanted = active.contains(want.id());
            }
            if (wanted) {
                open.want(want);
            }
        }
    }

    /** The fetch wants no more of it; an id that is not the fetch's is left alone. */
    void release(StripeFetch fetch, int id) {
        Feed open;
        synchronized (this) {
            StripeFetch owner = wants.get(id);
            if (owner != null && owner != fetch) {
                return;
            }
            early.removeIf(want -> want.id() == id);
            if (!settle(id)) {
                return;
            }
            open = feed;
        }
        if (open != null) {
            synchronized (sending) {
                open.release(id);
            }
        }
    }

    /** The blob is fetched or given up: its late chunks are not looked at any more. */
    void forget(BlobFetch fetch) {
        wants.values().removeIf(other -> other.fetch() == fetch);
    }

    private boolean settle(int id) {
        boolean was = active.remove(id);
        meter.keep(flows());
        if (active.isEmpty()) {
            idleSince = System.nanoTime();
        }
        return was;
    }

    synchronized boolean isOpen() {
        return feed != null && !gone;
    }

    /** Those of which something is wanted from this source. */
    synchronized Set<Flow> flows() {
        return fetches().stream().map(StripeFetch::flow).collect(Collectors.toSet());
    }

    /** This source, and those from whom it gets chunks itself that may be the same. */
    synchronized Set<NodeId> path(Flow flow) {
        Set<NodeId> path = new LinkedHashSet<>();
        path.add(peer.node());
        upstream.stream().filter(flow::meets).forEach(more -> path.addAll(more.nodes()));
        return path;
    }

    synchronized boolean isIdle(long now, long limit) {
        return active.isEmpty() && now - idleSince > limit;
    }

    /** Whether others than this one are being fetched over this link now. */
    synchronized boolean isShared(StripeFetch fetch) {
        for (int id : active) {
            StripeFetch other = wants.get(id);
            if (other != null && other != fetch) {
                return true;
            }
        }
        return false;
    }

    /** Those that are being fetched over this link now. */
    synchronized Set<StripeFetch> fetches() {
        Set<StripeFetch> found = new HashSet<>();
        for (int id : active) {
            StripeFetch fetch = wants.get(id);
            if (fetch != null) {
                found.add(fetch);
            }
        }
        return found;
    }

    /** Ends the feed; what it fetched goes on elsewhere. */
    void end(String reason) {
        Feed open;
        Set<StripeFetch> left;
        synchronized (this) {
            if (gone) {
                return;
            }
            left = fetches();
            gone = true;
            open = feed;
            active.clear();
            early.clear();
            meter.keep(Set.of());
        }
        hub.gone(this);
        if (open != null) {
            open.close();
        }
        left.forEach(fetch -> fetch.linkLost(this, reason));
    }

    @Override
    public void chunk(int want, int index, ByteBuffer data) {
        int length = data.remaining();
        meter.enter(System.nanoTime());
        StripeFetch fetch = wants.get(want);
        try {
            if (fetch != null && !fetch.chunk(this, index, data)) {
                complain(want, index);
            }
        } finally {
            meter.leave(length, fetch == null ? null : fetch.flow(), System.nanoTime());
        }
    }

    private void complain(int want, int index) {
        Feed open;
        synchronized (this) {
            open = feed;
        }
        if (open != null) {
            open.complain(want, index);
        }
    }

    @Override
    public void refused(int want, String reason, boolean retryable) {
        meter.heard(System.nanoTime());
        StripeFetch fetch = wants.get(want);
        boolean was;
        synchronized (this) {
            was = settle(want);
        }
        if (fetch != null && was) {
            fetch.refused(this, reason);
        }
    }

    @Override
    public void part() {
        meter.heard(System.nanoTime());
    }

    @Override
    public void alive(boolean upstream) {
        meter.alive(upstream, System.nanoTime());
    }

    @Override
    public synchronized void upstream(List<Upstream> paths) {
        upstream = List.copyOf(paths);
    }

    @Override
    public void closed(String reason) {
        end(reason);
    }
}
