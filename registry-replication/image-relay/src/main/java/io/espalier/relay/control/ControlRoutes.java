package io.espalier.relay.control;

import io.espalier.relay.protocol.ClusterAuthority;
import io.vertx.ext.web.Router;
import java.util.Optional;
import java.util.function.Supplier;

/** The master's end: joins, renewals and control links at the relay's door. Close it before the door. */
public final class ControlRoutes implements AutoCloseable {
    private ControlRoutes() {}

    /**
     * Adds {@code POST /v1/join}, {@code POST /v1/renew} and the WebSocket {@code /v1/control}.
     *
     * @param authority empty as long as there is no controller in this process
     * @param plainHttp the door has no TLS and the header {@code x-espalier-node} names the node
     */
    public static ControlRoutes install(
            Router router, Supplier<Optional<ClusterAuthority>> authority, boolean plainHttp) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
