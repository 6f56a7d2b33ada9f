package io.espalier.relay.probe;

import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import java.time.Duration;

/** Opens connections for measuring. Thread-safe. */
public interface ProbeOpener {
    /**
     * Blocks until the connection is open, at most some seconds.
     *
     * @param limit most that each later call on the link may take
     * @throws IOException with a sentence that names the peer
     */
    ProbeLink open(PeerAddress peer, Duration limit) throws IOException;

    /**
     * Prepares to time a registry; connects at the first ping.
     *
     * @param registry its URL
     * @throws IOException with a sentence when it is no address
     */
    PingLink openRegistry(String registry, Duration limit) throws IOException;
}
