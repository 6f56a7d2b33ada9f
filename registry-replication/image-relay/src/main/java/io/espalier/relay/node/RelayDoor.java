package io.espalier.relay.node;

import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.control.ControlRoutes;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.UplinkLimit;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.wire.ActCalls;
import io.espalier.relay.wire.ActDoor;
import io.espalier.relay.wire.FeedDoor;
import io.espalier.relay.wire.MemberProof;
import io.espalier.relay.wire.PeerSockets;
import io.espalier.relay.wire.ProbeDoor;
import io.espalier.relay.wire.VertxFeedOpener;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node's network: its one door with all routes, and its feeds from and sockets to other nodes. Thread-safe. */
final class RelayDoor {
    private static final int MAX_EVENT_LOOPS = 4;
    private static final int WORKERS = 1;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final EdgeCounters counters = new EdgeCounters();
    private final ServedChunks chunks = new ServedChunks();
    private final FeedDoor feeds;
    private final ProbeDoor probes;
    private final ActDoor acts;
    private final HttpDoor door;
    private final PeerSockets sockets;
    private final VertxFeedOpener opener;
    private final ActCalls calls;
    private volatile @Nullable ControlRoutes control;

    private RelayDoor(RelaySettings settings, TlsIdentity identity, Supplier<Optional<ClusterAuthority>> authority)
            throws DoorException {
        MemberProof proof =
                settings.insecurePlainHttp() ? MemberProof.believingEveryone() : MemberProof.byCertificate(identity);
        feeds = new FeedDoor(proof, chunks, new UplinkLimit(settings.capacity().uplinkBytesPerSecond()), counters);
        probes = new ProbeDoor(proof);
        acts = new ActDoor(proof);
        door = HttpDoor.open(doorSettings(settings, identity), router -> install(router, settings, authority));
        sockets = new PeerSockets(door.vertx(), settings.node(), proof);
        opener = new VertxFeedOpener(sockets, proof, counters);
        calls = new ActCalls(door.vertx(), settings.node(), proof);
    }

    static RelayDoor open(RelaySettings settings, TlsIdentity identity, Supplier<Optional<ClusterAuthority>> authority)
            throws DoorException {
        return new RelayDoor(settings, identity, authority);
    }

    private static DoorSettings doorSettings(RelaySettings settings, TlsIdentity identity) {
        int loops = Math.max(2, Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors()));
        DoorSettings plain = DoorSettings.of("image-relay", settings.bind(), settings.port())
                .withThreads(loops, WORKERS)
                .withBodiesLeftToHandlers()
                .withCloseLimit(CLOSE_LIMIT)
                .withWebSocketFrames(FeedLimits.TEXT_BYTES);
        // Nodes that join have no certificate yet, so each route asks for it.
        return settings.insecurePlainHttp()
                ? plain
                : plain.withTls(new DoorTls(identity.keys(), identity.trust(), false));
    }

    private void install(Router router, RelaySettings settings, Supplier<Optional<ClusterAuthority>> authority) {
        feeds.install(router);
        probes.install(router);
        acts.install(router);
        if (settings.isMaster()) {
            control = ControlRoutes.install(router, authority, settings.insecurePlainHttp());
        }
    }

    /** Where members show permissions. */
    ActDoor acts() {
        return acts;
    }

    /** Shows permissions to other nodes. */
    ActCalls calls() {
        return calls;
    }

    /** From now on children are served from there. */
    void serve(ChunkSource source) {
        chunks.from(source);
    }

    Vertx vertx() {
        return door.vertx();
    }

    int port() {
        return door.port();
    }

    URI address() {
        return door.address("");
    }

    VertxFeedOpener opener() {
        return opener;
    }

    PeerSockets sockets() {
        return sockets;
    }

    EdgeCounters counters() {
        return counters;
    }

    /** Closes what belongs to members that are none any more. */
    void recheck() {
        feeds.recheck();
        opener.recheck();
    }

    /** Adds what has to be closed, the first to be closed last. */
    void closeWith(Stops stops) {
        stops.add("the door", door::close);
        stops.add("sockets to other nodes", sockets::close);
        ControlRoutes routes = control;
        if (routes != null) {
            stops.add("control links", routes::close);
        }
        stops.add("probes", probes::close);
        stops.add("acts for others", acts::close);
        stops.add("feeds to children", feeds::close);
        stops.add("feeds from parents", opener::close);
    }
}
