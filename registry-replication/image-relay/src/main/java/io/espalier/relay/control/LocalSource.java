package io.espalier.relay.control;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.RefusedException;
import java.util.Optional;
import java.util.function.Supplier;

/** The master's own relay asks the authority of its own process. */
public final class LocalSource implements CertificateSource {
    public LocalSource(NodeFacts facts, Supplier<Optional<ClusterAuthority>> authority) {}

    @Override
    public IssuedCertificate join(String signingRequest) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificate renew(String signingRequest) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public String describe() {
        return "the controller of this process";
    }
}
