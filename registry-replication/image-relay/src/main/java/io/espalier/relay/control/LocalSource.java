package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.RefusedException;
import java.util.Optional;
import java.util.function.Supplier;

/** The master's own relay asks the authority of its own process; at every start, since the authority may be a new one. */
public final class LocalSource implements CertificateSource {
    private final NodeFacts facts;
    private final Supplier<Optional<ClusterAuthority>> authority;

    /** @param authority empty as long as there is no controller in this process */
    public LocalSource(NodeFacts facts, Supplier<Optional<ClusterAuthority>> authority) {
        this.facts = requireNonNull(facts, "facts is null");
        this.authority = requireNonNull(authority, "authority is null");
    }

    private ClusterAuthority authority() throws RefusedException {
        return authority
                .get()
                .orElseThrow(() -> new RefusedException(
                        RefusedException.Code.UNAVAILABLE,
                        "The setting 'master' is empty, so this node is the master, but the controller of this process has"
                                + " not started yet; trying again."));
    }

    @Override
    public IssuedCertificate join(String signingRequest) throws RefusedException {
        return authority()
                .enrolMaster(new JoinRequest(
                        "", facts.node(), facts.host(), facts.port(), facts.registry(), signingRequest));
    }

    @Override
    public void joined() {
        // The authority of the process knows it.
    }

    @Override
    public IssuedCertificate renew(String signingRequest) throws RefusedException {
        return authority().renew(facts.node(), signingRequest);
    }

    @Override
    public boolean mustJoin() {
        return false;
    }

    @Override
    public boolean joinsAtStart() {
        return true;
    }

    @Override
    public boolean mayJoinAgain() {
        return true;
    }

    @Override
    public String describe() {
        return "the controller of this process";
    }
}
