package io.espalier.replication.authority;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.RefusedException.Code;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.StoreException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who becomes a member, gets a new certificate, and is a member no longer. Joins come one after another. Thread-safe. */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final NodeStore store;
    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final Clock clock;
    private final Roster roster;
    private final PaidJoins paid;
    /** Taken before a member's turn. */
    private final Object joining = new Object();

    Admission(NodeStore store, CertificateAuthority authority, JoinTokens tokens, Clock clock, Roster roster) {
        this.store = store;
        this.authority = authority;
        this.tokens = tokens;
        this.clock = clock;
        this.roster = roster;
        this.paid = new PaidJoins(clock);
    }

    IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException {
        requireToken(request, remoteAddress);
        JoinRules.check(request);
        PublicKey key = SigningRequest.key(request.signingRequest());
        NodeId node = request.node();
        synchronized (joining) {
            try {
                requireFree(node);
                pay(request, remoteAddress, key);
                MemberState former = roster.state(node);
                if (former != null) {
                    LOG.info("Node {} joins again; what is known of its former self is forgotten.", node);
                    roster.drop(former);
                }
                IssuedCertificate issued = enter(request, false, key, clock.instant(), former);
                LOG.info("Node {} has joined from {} as {}:{}.", node, remoteAddress, request.host(), request.port());
                return issued;
            } catch (StoreException e) {
                throw unavailable("join of node " + node, e);
            }
        }
    }

    private void requireFree(NodeId node) throws RefusedException {
        MemberState known = roster.state(node);
        if (known != null && (known.row().master() || known.session() != null)) {
            throw new RefusedException(
                    Code.NAME_TAKEN,
                    "The name '" + node
                            + "' is taken by a node that is connected; give the new node another name, or stop the other"
                            + " one first.");
        }
    }

    /** First of all, so that a stranger learns nothing and costs little. Takes no use of the token. */
    private void requireToken(JoinRequest request, String remoteAddress) throws RefusedException {
        try {
            if (!tokens.isGood(request.token()) && !paid.isPaid(request.node(), JoinTokens.hash(request.token()))) {
                throw tokenRefused(request, remoteAddress);
            }
        } catch (StoreException e) {
            throw unavailable("join of node " + request.node(), e);
        }
    }

    private static RefusedException tokenRefused(JoinRequest request, String remoteAddress) {
        LOG.warn("A join of node {} from {} had a wrong join token.", request.node(), remoteAddress);
        return new RefusedException(
                Code.TOKEN_REFUSED,
                "The join token is wrong, spent or expired; create a new one on the master with 'node:token'.");
    }

    private void pay(JoinRequest request, String remoteAddress, PublicKey key) throws RefusedException {
        String token = JoinTokens.hash(request.token());
        if (!paid.isPaid(request.node(), token, key)) {
            if (!tokens.use(request.token())) {
                throw tokenRefused(request, remoteAddress);
            }
            paid.paid(request.node(), token, key);
        }
    }

    /** @param known what was known of a node of this name, also when it is no member any more */
    private IssuedCertificate enter(
            JoinRequest request, boolean master, PublicKey key, Instant joined, @Nullable MemberState known) {
        CertificateAuthority.Issued issued = authority.issue(request.node(), request.host(), master, key);
        NodeRow row = new NodeRow(
                request.node(),
                request.host(),
                request.port(),
                request.registry(),
                known == null ? "" : known.row().site(),
                master,
                issued.serial(),
                joined,
                clock.instant(),
                known == null ? "" : known.row().remoteAddress());
        store.save(row);
        store.issued(row.id(), issued.serial(), issued.expires());
        roster.enter(row);
        return issued.certificate();
    }

    /** The node has come with its certificate. */
    void settle(NodeId node) {
        paid.settle(node);
    }

    private static RefusedException unavailable(String what, StoreException why) {
        if (why.isAway()) {
            LOG.debug("The {} has to wait since the database is away.", what, why);
        } else {
            LOG.warn("The {} has to wait since the database refuses.", what, why);
        }
        return new RefusedException(
                Code.UNAVAILABLE,
                "The master cannot do the " + what + " now since its database does not answer; it is tried again.");
    }

    IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException {
        PublicKey key = SigningRequest.key(signingRequest);
        MemberState state = roster.known(node);
        state.turn.lock();
        try {
            NodeRow row = roster.known(node).row();
            CertificateAuthority.Issued issued = authority.issue(node, row.host(), row.master(), key);
            store.issued(node, issued.serial(), issued.expires());
            NodeRow fresh = Rows.serial(row, issued.serial());
            store.save(fresh);
            state.row(fresh);
            LOG.info("Node {} has a new certificate until {}.", node, issued.expires());
            return issued.certificate();
        } catch (StoreException e) {
            throw unavailable("renewal of the certificate of node " + node, e);
        } finally {
            state.turn.unlock();
        }
    }

    IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException {
        JoinRules.check(request);
        PublicKey key = SigningRequest.key(request.signingRequest());
        synchronized (joining) {
            try {
                MemberState known = roster.state(request.node());
                if (known != null && !known.row().master()) {
                    throw new RefusedException(
                            Code.NAME_TAKEN,
                            "The name '" + request.node()
                                    + "' is of a node of the cluster; give the master another one or"
                                    + " remove that node.");
                }
                removeFormerMasters(request.node());
                Instant joined = known == null ? clock.instant() : known.row().joined();
                return enter(request, true, key, joined, known);
            } catch (StoreException e) {
                throw unavailable("enrolment of the master", e);
            }
        }
    }

    /** When the master's name was changed in the configuration. */
    private void removeFormerMasters(NodeId but) {
        for (MemberState state : roster.states()) {
            if (state.row().master() && !state.id().equals(but)) {
                LOG.info("The master is now called {}; its former name {} is removed.", but, state.id());
                roster.drop(state);
            }
        }
    }

    /** See {@link ClusterMembership#remove}. */
    boolean remove(NodeId node) {
        synchronized (joining) {
            MemberState state = roster.state(node);
            if (state == null) {
                return false;
            }
            if (state.row().master()) {
                throw new IllegalArgumentException(
                        "Node '" + node + "' is the master, the root of every tree; it cannot be removed.");
            }
            roster.drop(state);
            paid.settle(node);
            return true;
        }
    }
}
