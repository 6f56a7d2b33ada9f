package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/**
 * Asks the master over its door. The secret of the token is sent only after the master has proved in the TLS handshake that it has
 * a certificate of the authority that the token names.
 */
public final class JoinClient implements CertificateSource {
    private final DoorCall door;
    private final MasterAddress master;
    private final NodeFacts facts;
    private final NodeIdentity identity;
    private final Optional<JoinToken> token;
    private final Clock clock;

    /**
     * @param vertx stays the caller's
     * @param token empty when the node has joined before and can only renew
     */
    public JoinClient(
            Vertx vertx,
            MasterAddress master,
            NodeFacts facts,
            NodeIdentity identity,
            Optional<JoinToken> token,
            Clock clock) {
        this.door = new DoorCall(vertx, master, facts.node());
        this.master = requireNonNull(master, "master is null");
        this.facts = requireNonNull(facts, "facts is null");
        this.identity = requireNonNull(identity, "identity is null");
        this.token = requireNonNull(token, "token is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public IssuedCertificate join(String signingRequest) throws RefusedException, IOException {
        JoinToken given = token.orElseThrow(() -> new RefusedException(
                RefusedException.Code.TOKEN_REFUSED,
                "Node " + facts.node() + " has no join token; create one on the master with 'node:token' and set"
                        + " 'join-token'."));
        JoinRequest request = new JoinRequest(
                given.secret(), facts.node(), facts.host(), facts.port(), facts.registry(), signingRequest);
        ClientSSLOptions tls = master.plainHttp() ? null : ClientTls.options(null, PeerTrust.pinned(given, clock));
        IssuedCertificate issued = door.post("/v1/join", tls, request);
        if (!given.vouchesFor(issued)) {
            throw new IOException(
                    "The master " + master + " answered with another certificate authority than the join token"
                            + " names; check that 'master' and 'join-token' are of the same cluster.");
        }
        return issued;
    }

    @Override
    public void joined() {
        token.ifPresent(identity::rememberToken);
    }

    @Override
    public IssuedCertificate renew(String signingRequest) throws RefusedException, IOException {
        ClientSSLOptions tls =
                master.plainHttp() ? null : ClientTls.options(identity.keys(), PeerTrust.master(identity));
        return door.post("/v1/renew", tls, new ControlRoutes.RenewRequest(signingRequest));
    }

    /** A token of another cluster than the certificate's is an order to move there. */
    @Override
    public boolean mustJoin() {
        return token.isPresent()
                && identity.authority()
                        .filter(authority -> !PeerTrust.fingerprint(authority)
                                .equals(token.get().authority()))
                        .isPresent();
    }

    @Override
    public boolean joinsAtStart() {
        return false;
    }

    /** With a token that it has not joined with yet: a node that was removed does not come back with its old one. */
    @Override
    public boolean mayJoinAgain() {
        return token.filter(given -> !identity.remembersToken(given)).isPresent();
    }

    @Override
    public String describe() {
        return "the master " + master;
    }
}
