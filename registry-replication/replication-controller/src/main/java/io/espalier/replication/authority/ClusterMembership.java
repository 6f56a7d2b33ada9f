package io.espalier.replication.authority;

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
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The members of the cluster and their control links. Thread-safe. */
public final class ClusterMembership implements ClusterAuthority, Members, AutoCloseable {
    private ClusterMembership() {}

    /** Reads the members; throws StoreException when the database is away. */
    public static ClusterMembership open(
            NodeStore store, CertificateAuthority authority, JoinTokens tokens, Clock clock) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends a membership: its certificates are revoked, everyone is told, its link is closed.
     *
     * @return false when there is no such member
     * @throws IllegalArgumentException with a sentence when it is the master
     */
    public boolean remove(NodeId node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificate join(JoinRequest request, String remoteAddress) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public ControlSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Member> all() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Member> find(NodeId node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean send(NodeId node, MasterMessage message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void listen(MemberListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Closes every link. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
