package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.UplinkLimit;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.wire.MemberProof.Member;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parent's end of all feeds: the WebSocket {@code /v1/feed} of a door. Members only; a member whose certificate is no longer
 * accepted loses its feeds at the next {@link #recheck}. Thread-safe.
 */
public final class FeedDoor implements AutoCloseable {
    public static final String PATH = "/v1/feed";
    static final int MAX_FEEDS = 256;
    static final int MAX_FEEDS_OF_A_CHILD = 4;
    private static final long TICK_MILLIS = 100;
    private static final Duration END_LIMIT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(FeedDoor.class);

    private final MemberProof proof;
    private final ServedFeed.Shared shared;
    private final Set<ServedFeed> feeds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public FeedDoor(MemberProof proof, ChunkSource source, UplinkLimit uplink, EdgeCounters counters) {
        this.proof = requireNonNull(proof, "proof is null");
        this.shared = new ServedFeed.Shared(
                requireNonNull(source, "source is null"),
                requireNonNull(uplink, "uplink is null"),
                requireNonNull(counters, "counters is null"),
                new FeedMessages());
    }

    /** Adds the route to a door's router. */
    public void install(Router router) {
        router.get(PATH).handler(this::answer);
    }

    private void answer(RoutingContext context) {
        Member member = proof.require(context);
        if (isFull(member.node())) {
            throw new HttpFault(503, "TOO_MANY_FEEDS", full(member.node()));
        }
        Vertx vertx = context.vertx();
        context.request()
                .toWebSocket()
                .onSuccess(socket -> begin(vertx, member, socket))
                .onFailure(e -> LOG.debug("{} asked for a feed but it did not become a WebSocket.", member.node(), e));
    }

    private boolean isFull(NodeId child) {
        return closed || feeds.size() >= MAX_FEEDS || feeds(child) >= MAX_FEEDS_OF_A_CHILD;
    }

    private String full(NodeId child) {
        return "This node serves " + feeds.size() + " feeds, " + feeds(child) + " of them to you; at most " + MAX_FEEDS
                + " and " + MAX_FEEDS_OF_A_CHILD + " are possible. Close one first or take another source.";
    }

    private void begin(Vertx vertx, Member member, ServerWebSocket socket) {
        // Many may have asked before the first of them became a feed.
        if (isFull(member.node())) {
            CloseReason.close(socket, CloseReason.NORMAL, full(member.node()));
            return;
        }
        Context context = requireNonNull(Vertx.currentContext(), "not on an event loop");
        ServedFeed feed = new ServedFeed(member, socket, context, shared);
        feeds.add(feed);
        try {
            AtomicLong timer = new AtomicLong(-1);
            socket.closeHandler(gone -> ended(vertx, timer.get(), feed, CloseReason.of(socket)));
            feed.begin();
            timer.set(vertx.setPeriodic(TICK_MILLIS, tick -> feed.tick()));
        } catch (RuntimeException e) { // as when the socket is closed already
            feed.sender().close();
            feeds.remove(feed);
            LOG.debug("A feed to {} was over before it began.", member.node(), e);
            return;
        }
        shared.counters().of(member.node()).feedsOut(1);
        LOG.info("A feed to {} begins.", member.node());
        if (closed) {
            feed.close("the node stops");
        }
    }

    private void ended(Vertx vertx, long timer, ServedFeed feed, String reason) {
        vertx.cancelTimer(timer);
        feed.sender().close();
        NodeId child = feed.member().node();
        shared.counters().of(child).feedsOut(-1);
        feeds.remove(feed);
        LOG.info("The feed to {} ended: {}.", child, reason);
    }

    /** Closes the feeds of members whose certificates are no longer accepted; to be called when that may have changed. */
    public void recheck() {
        for (ServedFeed feed : feeds) {
            feed.member().certificate().flatMap(proof::problem).ifPresent(feed::close);
        }
    }

    /** How many feeds the child has open now. */
    public int feeds(NodeId child) {
        return (int) feeds.stream()
                .filter(feed -> feed.member().node().equals(child))
                .count();
    }

    /** Ends all feeds and takes no more; waits a little for their threads. */
    @Override
    public void close() {
        closed = true;
        feeds.forEach(feed -> feed.close("the node stops"));
        try {
            for (ServedFeed feed : feeds) {
                if (!feed.sender().awaitEnd(END_LIMIT)) {
                    LOG.warn(
                            "The thread of the feed to {} did not end within {}.",
                            feed.member().node(),
                            END_LIMIT);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
