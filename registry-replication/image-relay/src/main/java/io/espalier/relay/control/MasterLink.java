package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.UnknownMessageException;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The master's end of one control link and its session; what the session hears comes through one serial queue. */
final class MasterLink implements ControlLink, MessageLink.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(MasterLink.class);

    private final NodeId node;
    private final MessageCodec codec;
    private final MessageLink link;
    private final Consumer<MasterLink> onClosed;
    private @Nullable ControlSession session;
    private String unknown = "";

    MasterLink(Vertx vertx, NodeId node, MessageCodec codec, Executor serial, Consumer<MasterLink> onClosed) {
        this.node = node;
        this.codec = codec;
        this.onClosed = onClosed;
        this.link = new MessageLink(vertx, serial, this, () -> {});
    }

    /** In the serial queue, before anything else. */
    void connect(ClusterAuthority authority, String remoteAddress) throws RefusedException {
        session = authority.connect(node, remoteAddress, this);
    }

    void attach(ServerWebSocket socket) {
        link.attach(socket);
    }

    @Override
    public void send(MasterMessage message) {
        requireNonNull(message, "message is null");
        if (!link.offer(codec.encode(message).getBytes(StandardCharsets.UTF_8)) && !link.isClosed()) {
            LOG.warn(
                    "Node {} reads its control link too slowly; the link is closed and the node connects again.", node);
            link.close("the node reads too slowly");
        }
    }

    @Override
    public void close(String reason) {
        link.close(reason);
    }

    @Override
    public void message(String text) {
        ControlSession open = session;
        if (open == null) {
            return;
        }
        try {
            open.received(codec.nodeMessage(text));
        } catch (UnknownMessageException newer) {
            // The node may be of a newer release; all else that it says is understood.
            if (!newer.name().equals(unknown)) {
                LOG.warn("A message of node {} is left out: {}", node, newer.getMessage());
            }
            unknown = newer.name();
        } catch (IllegalArgumentException e) {
            LOG.warn("Node {} sent a message that is not understood, its link is closed: {}", node, e.getMessage());
            link.close("a message was not understood: " + e.getMessage());
        }
    }

    @Override
    public void closed(String reason) {
        ControlSession open = session;
        session = null;
        onClosed.accept(this);
        if (open != null) {
            LOG.debug("The control link of node {} has ended: {}.", node, reason);
            open.closed();
        }
    }
}
