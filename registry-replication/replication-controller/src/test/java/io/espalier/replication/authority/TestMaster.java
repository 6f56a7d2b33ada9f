package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.control.ControlRoutes;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.control.LocalSource;
import io.espalier.relay.control.NodeFacts;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MemoryNodeStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A master with a real door: authority, membership, TLS, routes. Its folder and store outlive it. */
final class TestMaster implements AutoCloseable {
    static final NodeId NAME = new NodeId("master");

    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final ClusterMembership membership;
    private final NodeIdentity identity;
    private final AtomicReference<Optional<ClusterAuthority>> offered = new AtomicReference<>(Optional.empty());
    private final AtomicReference<ControlRoutes> routes = new AtomicReference<>();
    private final RecordingListener listener = new RecordingListener();
    private final HttpDoor door;
    private final Enrolment enrolment;

    private TestMaster(Path folder, MemoryNodeStore store, String host, int port, Duration life, boolean plainHttp)
            throws Exception {
        Clock clock = Clock.systemUTC();
        authority = CertificateAuthority.open(folder.resolve("authority"), "test", life, clock);
        tokens = new JoinTokens(store, authority, clock);
        membership = ClusterMembership.open(store, authority, tokens, clock);
        membership.listen(listener);
        offered.set(Optional.of(membership));
        identity = NodeIdentity.open(folder.resolve("identity"), NAME, clock);
        DoorSettings settings = DoorSettings.of("relay", host, port).withWebSocketFrames(1 << 20);
        door = open(
                plainHttp ? settings : settings.withTls(new DoorTls(identity.keys(), identity.trust(), false)),
                plainHttp);
        NodeFacts facts = new NodeFacts(NAME, "localhost", door.port(), "http://127.0.0.1:5000");
        enrolment = Enrolment.start(identity, new LocalSource(facts, offered::get));
        enrolment.enrolled().get(10, TimeUnit.SECONDS);
    }

    private HttpDoor open(DoorSettings settings, boolean plainHttp) throws DoorException {
        return HttpDoor.open(settings, router -> routes.set(ControlRoutes.install(router, offered::get, plainHttp)));
    }

    static TestMaster start(Path folder, MemoryNodeStore store) throws Exception {
        return start(folder, store, "127.0.0.1", 0);
    }

    static TestMaster start(Path folder, MemoryNodeStore store, String host, int port) throws Exception {
        return new TestMaster(folder, store, host, port, Duration.ofDays(30), false);
    }

    /** The life of certificates begins an hour ago, so that a short one is due for renewal at once. */
    static TestMaster startWithLife(Path folder, MemoryNodeStore store, Duration life) throws Exception {
        return new TestMaster(folder, store, "127.0.0.1", 0, life, false);
    }

    static TestMaster startPlain(Path folder, MemoryNodeStore store) throws Exception {
        return new TestMaster(folder, store, "127.0.0.1", 0, Duration.ofDays(30), true);
    }

    int port() {
        return door.port();
    }

    String token() {
        return tokens.create(JoinTokens.DEFAULT_LIFE, JoinTokens.UNLIMITED);
    }

    JoinTokens tokens() {
        return tokens;
    }

    CertificateAuthority authority() {
        return authority;
    }

    ClusterMembership membership() {
        return membership;
    }

    NodeIdentity identity() {
        return identity;
    }

    RecordingListener listener() {
        return listener;
    }

    /** As when the controller's bundle stops while the relay goes on. */
    void withdrawController() {
        offered.set(Optional.empty());
    }

    @Override
    public void close() {
        stop();
    }

    void stop() {
        enrolment.close();
        membership.close();
        requireNonNull(routes.get(), "routes").close();
        door.close();
    }
}
