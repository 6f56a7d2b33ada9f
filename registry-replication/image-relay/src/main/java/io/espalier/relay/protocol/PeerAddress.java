package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Where a node's relay listens.
 *
 * @param host a domain name, resolved anew for every connection, or an address
 */
public record PeerAddress(NodeId node, String host, int port) {
    public PeerAddress {
        requireNonNull(node, "node is null");
        requireNonNull(host, "host is null");
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is no address of a relay; use HOST:PORT.");
        }
    }

    @Override
    public String toString() {
        return node + "@" + host + ":" + port;
    }
}
