package io.espalier.relay.wire;

import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.UplinkLimit;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.time.Duration;

/** One node's door, feeds and probes without anything behind them. */
final class TestNode implements AutoCloseable {
    final NodeId id;
    final EdgeCounters counters = new EdgeCounters();
    final FeedDoor feeds;
    final ProbeDoor probes;
    final HttpDoor door;
    final PeerSockets sockets;
    final VertxFeedOpener opener;

    private TestNode(NodeId id, MemberProof proof, DoorSettings settings, ChunkSource source, long uplink)
            throws DoorException {
        this.id = id;
        feeds = new FeedDoor(proof, source, new UplinkLimit(uplink), counters);
        probes = new ProbeDoor(proof);
        door = HttpDoor.open(settings, router -> {
            feeds.install(router);
            probes.install(router);
        });
        sockets = new PeerSockets(door.vertx(), id, proof);
        opener = new VertxFeedOpener(sockets, proof, counters);
    }

    static TestNode start(TestCluster.Identity identity, ChunkSource source, long uplink) throws DoorException {
        DoorSettings settings =
                settings(identity.node().value()).withTls(new DoorTls(identity.keys(), identity.trust(), false));
        return new TestNode(identity.node(), MemberProof.byCertificate(identity), settings, source, uplink);
    }

    static TestNode startPlain(String name, ChunkSource source) throws DoorException {
        return new TestNode(new NodeId(name), MemberProof.believingEveryone(), settings(name), source, 0);
    }

    private static DoorSettings settings(String name) {
        return DoorSettings.of(name, "127.0.0.1", 0)
                .withThreads(2, 2)
                .withCloseLimit(Duration.ofMillis(300))
                .withWebSocketFrames(FeedLimits.TEXT_BYTES);
    }

    PeerAddress address() {
        return address(door.port());
    }

    /** This node behind another port of this machine, as that of an emulated link. */
    PeerAddress address(int port) {
        return new PeerAddress(id, "127.0.0.1", port);
    }

    @Override
    public void close() {
        opener.close();
        feeds.close();
        probes.close();
        sockets.close();
        door.close();
    }
}
