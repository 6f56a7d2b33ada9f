package io.espalier.relay.control;

import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.IssuedCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;

/** Asks the master over its door. */
public final class JoinClient implements CertificateSource {
    /** @param token empty when the node has joined before and can only renew */
    public JoinClient(
            Vertx vertx, MasterAddress master, NodeFacts facts, NodeIdentity identity, Optional<JoinToken> token) {}

    @Override
    public IssuedCertificate join(String signingRequest) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificate renew(String signingRequest) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public String describe() {
        throw new UnsupportedOperationException();
    }
}
