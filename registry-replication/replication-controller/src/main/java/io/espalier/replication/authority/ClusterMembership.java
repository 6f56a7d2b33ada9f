package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The members of the cluster and their control links. What is known is in memory and in the store: when the database is away,
 * members go on, and joins are answered with {@link RefusedException.Code#UNAVAILABLE}. Thread-safe.
 */
public final class ClusterMembership implements ClusterAuthority, Members, AutoCloseable {
    private final Roster roster;
    private final Admission admission;

    private ClusterMembership(NodeStore store, CertificateAuthority authority, JoinTokens tokens, Clock clock) {
        requireNonNull(store, "store is null");
        requireNonNull(authority, "authority is null");
        requireNonNull(tokens, "tokens is null");
        requireNonNull(clock, "clock is null");
        this.roster = new Roster(store, clock);
        this.admission = new Admission(store, authority, tokens, clock, roster);
    }

    /**
     * Reads the members.
     *
     * @throws StoreException when the database is away
     */
    public static ClusterMembership open(
            NodeStore store, CertificateAuthority authority, JoinTokens tokens, Clock clock) {
        return new ClusterMembership(store, authority, tokens, clock);
    }

    @Override
    public IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException {
        return admission.join(request, remoteAddress);
    }

    @Override
    public IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException {
        return admission.renew(node, signingRequest);
    }

    @Override
    public IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException {
        return admission.enrolMaster(request);
    }

    @Override
    public ControlSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException {
        ControlSession session = roster.connect(node, remoteAddress, link);
        admission.settle(node);
        return session;
    }

    /**
     * Ends a membership: its certificates are revoked, everyone is told, its link is closed. Not to be called by
     * listeners.
     *
     * @return false when there is no such member
     * @throws IllegalArgumentException with a sentence when it is the master
     * @throws StoreException when the database is away; then nothing has changed
     */
    public boolean remove(NodeId node) {
        return admission.remove(node);
    }

    @Override
    public List<Member> all() {
        return roster.all();
    }

    @Override
    public Optional<Member> find(NodeId node) {
        return roster.find(node);
    }

    @Override
    public boolean send(NodeId node, MasterMessage message) {
        return roster.send(node, message);
    }

    @Override
    public Runnable listen(MemberListener listener) {
        return roster.announcer().add(listener);
    }

    /** Keeps what is new of the nodes and could not be kept while the database was away. */
    public void saveAgain() {
        roster.saveAgain();
    }

    /** Closes every link; the nodes go on trying. */
    @Override
    public void close() {
        roster.close();
    }
}
