package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.replication.authority.JoinTokens;
import io.espalier.replication.member.MeasuredWorld;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A node that has really joined and measures what a {@link MeasuredWorld} says; without relay and registry. */
final class LinkedNode implements ControlLink, AutoCloseable {
    private final NodeId id;
    private final MeasuredWorld world;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<MasterMessage> received = new CopyOnWriteArrayList<>();
    private volatile @Nullable ControlSession session;
    private volatile String closeReason = "";

    private LinkedNode(NodeId id, MeasuredWorld world) {
        this.id = id;
        this.world = world;
    }

    static LinkedNode join(ControllerNode controller, String name, MeasuredWorld world, Path folder) throws Exception {
        LinkedNode node = new LinkedNode(new NodeId(name), world);
        boolean master = controller.members().all().isEmpty();
        JoinRequest join = request(controller.tokens().create(JoinTokens.DEFAULT_LIFE, 1), name, folder);
        if (master) {
            controller.members().enrolMaster(join);
        } else {
            controller.members().join(join, "192.0.2.1");
        }
        node.connect(controller);
        return node;
    }

    /** Only joins, by a token that was made before. */
    static void joinBy(String token, ControllerNode controller, String name, Path folder) throws Exception {
        controller.members().join(request(token, name, folder), "192.0.2.1");
    }

    private static JoinRequest request(String token, String name, Path folder) throws Exception {
        NodeId id = new NodeId(name);
        String request = NodeIdentity.open(folder.resolve("identity-" + name), id, Clock.systemUTC())
                .signingRequest();
        return new JoinRequest(
                token.substring(0, token.indexOf('.')), id, name + ".example", 8490, "http://127.0.0.1:5000", request);
    }

    static LinkedNode known(ControllerNode controller, String name, MeasuredWorld world) throws Exception {
        LinkedNode node = new LinkedNode(new NodeId(name), world);
        node.connect(controller);
        return node;
    }

    private void connect(ControllerNode controller) throws Exception {
        ControlSession opened = controller.members().connect(id, "192.0.2.1", this);
        session = opened;
        opened.received(new NodeMessage.Hello(id, "0.1.0", id + ".example", 8490, "http://127.0.0.1:5000", List.of()));
    }

    @Override
    public void send(MasterMessage message) {
        received.add(message);
        thread.execute(() -> {
            NodeMessage answer = world.apply(id, message);
            ControlSession open = session;
            if (answer != null && open != null) {
                open.received(answer);
            }
        });
    }

    void report(TransferReport report) {
        say(new NodeMessage.Report(List.of(report)));
    }

    /** Says something over its link. */
    void say(NodeMessage message) {
        requireNonNull(session, "session is null").received(message);
    }

    List<MasterMessage> received() {
        return received;
    }

    String closeReason() {
        return closeReason;
    }

    @Override
    public void close(String reason) {
        closeReason = reason;
        thread.shutdown();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        ControlSession open = session;
        if (open != null) {
            open.closed();
        }
    }
}
