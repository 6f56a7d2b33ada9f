package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;

/**
 * What a node says of itself when it joins.
 *
 * @param host its own domain name, under which others reach it
 * @param port of its door
 * @param registry URL of its registry, without credentials
 */
public record NodeFacts(NodeId node, String host, int port, String registry) {
    public NodeFacts {
        requireNonNull(node, "node is null");
        requireNonNull(host, "host is null");
        requireNonNull(registry, "registry is null");
    }
}
