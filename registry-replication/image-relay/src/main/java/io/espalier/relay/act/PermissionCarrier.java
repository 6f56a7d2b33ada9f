package io.espalier.relay.act;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;

/** Shows a permission to another node. Thread-safe. */
@FunctionalInterface
public interface PermissionCarrier {
    /**
     * Blocks until the target has answered, half a minute at most.
     *
     * @throws IOException with a sentence when it cannot be reached or refuses
     */
    ActAnswer carry(PeerAddress target, ActRequest request) throws IOException;
}
