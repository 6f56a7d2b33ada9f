package io.espalier.relay.control;

import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.NodeMessage;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** The node's end of the control link. Thread-safe. */
public final class ControlClient implements AutoCloseable {
    private ControlClient() {}

    /**
     * Connects now and for ever, until closed; returns at once.
     *
     * @param hello asked on every connect, by the client's own thread
     */
    public static ControlClient start(
            Vertx vertx,
            MasterAddress master,
            TlsIdentity identity,
            Supplier<NodeMessage.Hello> hello,
            ControlListener listener) {
        throw new UnsupportedOperationException();
    }

    public boolean connected() {
        throw new UnsupportedOperationException();
    }

    /**
     * Queues a message; never blocks. Reports are kept while the master is away, the newest of each transfer.
     *
     * @return false when there is no room or the message is too large; it is not sent then
     */
    public boolean send(NodeMessage message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
