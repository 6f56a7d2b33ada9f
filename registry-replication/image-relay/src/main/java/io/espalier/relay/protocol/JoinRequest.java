package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * Body of {@code POST /v1/join}.
 *
 * @param token the secret part of the join token
 * @param signingRequest PKCS #10 in PEM; its subject is ignored, the master decides the names in the certificate
 */
public record JoinRequest(String token, NodeId node, String host, int port, String registry, String signingRequest) {
    public JoinRequest {
        requireNonNull(token, "token is null");
        requireNonNull(node, "node is null");
        requireNonNull(host, "host is null");
        requireNonNull(registry, "registry is null");
        requireNonNull(signingRequest, "signingRequest is null");
    }

    @Override
    public String toString() {
        return "JoinRequest[node=" + node + ", host=" + host + ", port=" + port + ", token=***]";
    }
}
