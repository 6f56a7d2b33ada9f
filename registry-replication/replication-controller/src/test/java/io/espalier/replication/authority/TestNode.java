package io.espalier.replication.authority;

import io.espalier.relay.control.ControlClient;
import io.espalier.relay.control.ControlListener;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.control.JoinClient;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.control.NodeFacts;
import io.espalier.relay.identity.IdentityException;
import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node: identity, enrolment and control link, as a relay has them. */
final class TestNode implements AutoCloseable, ControlListener {
    private final Vertx vertx;
    private final NodeId name;
    private final NodeIdentity identity;
    private final Deque<Runnable> open = new ArrayDeque<>();
    private final List<MasterMessage> received = new CopyOnWriteArrayList<>();
    private final List<String> awayReasons = new CopyOnWriteArrayList<>();
    private final List<RefusedException> refusals = new CopyOnWriteArrayList<>();
    private volatile Consumer<MasterMessage> onMessage = message -> {};
    private volatile NodeId helloName;

    TestNode(Vertx vertx, String name, Path folder) throws IdentityException {
        this(vertx, name, folder, Clock.systemUTC());
    }

    TestNode(Vertx vertx, String name, Path folder, Clock clock) throws IdentityException {
        this.vertx = vertx;
        this.name = new NodeId(name);
        this.helloName = this.name;
        this.identity = NodeIdentity.open(folder.resolve(name), this.name, clock);
    }

    NodeIdentity identity() {
        return identity;
    }

    NodeId name() {
        return name;
    }

    static MasterAddress at(int port) {
        return new MasterAddress("127.0.0.1", port, false);
    }

    JoinClient joinClient(MasterAddress master, @Nullable String token) {
        return new JoinClient(
                vertx,
                master,
                new NodeFacts(name, name + ".example.org", 8490, "http://127.0.0.1:5000"),
                identity,
                Optional.ofNullable(token).map(JoinToken::parse),
                Clock.systemUTC());
    }

    Enrolment enrol(MasterAddress master, String token) {
        Enrolment enrolment = Enrolment.start(identity, joinClient(master, token), Duration.ofMillis(200));
        open.push(enrolment::close);
        return enrolment;
    }

    TestNode joined(MasterAddress master, String token) throws Exception {
        enrol(master, token).enrolled().get(20, TimeUnit.SECONDS);
        return this;
    }

    ControlClient connect(MasterAddress master) {
        return connect(master, identity);
    }

    ControlClient connect(MasterAddress master, TlsIdentity as) {
        ControlClient client = ControlClient.start(vertx, master, as, this::hello, this);
        open.push(client::close);
        return client;
    }

    NodeMessage.Hello hello() {
        return new NodeMessage.Hello(
                helloName,
                "1",
                name + ".example.org",
                8490,
                "http://127.0.0.1:5000",
                "Ulm",
                new NodeCapacity(20_000_000, 3),
                List.of(),
                List.of());
    }

    void helloAs(String other) {
        helloName = new NodeId(other);
    }

    void onMessage(Consumer<MasterMessage> listener) {
        onMessage = listener;
    }

    List<MasterMessage> received() {
        return received;
    }

    List<String> awayReasons() {
        return awayReasons;
    }

    List<RefusedException> refusals() {
        return refusals;
    }

    @Override
    public void received(MasterMessage message) {
        if (message instanceof MasterMessage.Members members) {
            identity.revoke(members.revoked());
        }
        received.add(message);
        onMessage.accept(message);
    }

    @Override
    public void away(String reason) {
        awayReasons.add(reason);
    }

    @Override
    public void refused(RefusedException refusal) {
        refusals.add(refusal);
    }

    /** The control link and the enrolment end; the folder stays. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }
}
