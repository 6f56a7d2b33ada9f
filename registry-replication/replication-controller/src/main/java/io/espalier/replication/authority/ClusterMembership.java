package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.RefusedException.Code;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.StoreException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of the cluster and their control links. What is known is in memory and in the store: when the database is away,
 * members go on, and joins are answered with {@link Code#UNAVAILABLE}.
 *
 * <p>Thread-safe. Locks are taken in this order: joining, a member's turn, telling.
 */
public final class ClusterMembership implements ClusterAuthority, Members, AutoCloseable {
    private static final Duration SEEN_EVERY = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMembership.class);

    private final NodeStore store;
    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final Clock clock;
    private final Announcer announcer = new Announcer();
    private final PaidJoins paid;
    private final Map<NodeId, MemberState> members = new ConcurrentHashMap<>();
    private final Object joining = new Object();
    private final Object telling = new Object();
    private volatile List<String> revoked;
    private volatile boolean closed;

    private ClusterMembership(NodeStore store, CertificateAuthority authority, JoinTokens tokens, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.authority = requireNonNull(authority, "authority is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.paid = new PaidJoins(clock);
        this.revoked = List.copyOf(store.revoked(clock.instant()));
        store.nodes().forEach(row -> members.put(row.id(), new MemberState(row)));
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
        JoinRules.check(request);
        PublicKey key = SigningRequest.key(request.signingRequest());
        NodeId node = request.node();
        synchronized (joining) {
            try {
                requireFree(node);
                pay(request, remoteAddress, key);
                if (members.containsKey(node)) {
                    LOG.info("Node {} joins again; its former certificates are revoked.", node);
                    store.remove(node);
                }
                IssuedCertificate issued = enter(request, false, key, clock.instant());
                LOG.info("Node {} has joined from {} as {}:{}.", node, remoteAddress, request.host(), request.port());
                return issued;
            } catch (StoreException e) {
                throw unavailable("join of node " + node, e);
            }
        }
    }

    private void requireFree(NodeId node) throws RefusedException {
        MemberState known = members.get(node);
        if (known != null && (known.row().master() || known.session() != null)) {
            throw new RefusedException(
                    Code.NAME_TAKEN,
                    "The name '" + node + "' is taken by a node that is connected from "
                            + known.row().remoteAddress()
                            + "; give the new node another name, or stop the other one first.");
        }
    }

    private void pay(JoinRequest request, String remoteAddress, PublicKey key) throws RefusedException {
        String token = JoinTokens.hash(request.token());
        if (!paid.isPaid(request.node(), token, key)) {
            if (!tokens.use(request.token())) {
                LOG.warn("A join of node {} from {} had a wrong join token.", request.node(), remoteAddress);
                throw new RefusedException(
                        Code.TOKEN_REFUSED,
                        "The join token is wrong, spent or expired; create a new one on the master with 'node:token'.");
            }
            paid.paid(request.node(), token, key);
        }
    }

    private IssuedCertificate enter(JoinRequest request, boolean master, PublicKey key, Instant joined) {
        CertificateAuthority.Issued issued = authority.issue(request.node(), request.host(), master, key);
        MemberState known = members.get(request.node());
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
        MemberState state = known == null ? new MemberState(row) : known;
        state.turn.lock();
        try {
            state.row(row);
        } finally {
            state.turn.unlock();
        }
        members.put(row.id(), state);
        revoked = List.copyOf(store.revoked(clock.instant()));
        tellAll();
        return issued.certificate();
    }

    private static RefusedException unavailable(String what, StoreException why) {
        LOG.warn("The {} has to wait since the database is away.", what, why);
        return new RefusedException(
                Code.UNAVAILABLE,
                "The master cannot do the " + what + " now since its database does not answer; it is tried again.");
    }

    @Override
    public IssuedCertificate renew(NodeId node, String signingRequest) throws RefusedException {
        PublicKey key = SigningRequest.key(signingRequest);
        MemberState state = known(node);
        state.turn.lock();
        try {
            NodeRow row = known(node).row();
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

    private MemberState known(NodeId node) throws RefusedException {
        MemberState known = members.get(node);
        if (known == null) {
            throw new RefusedException(
                    Code.UNKNOWN_NODE,
                    "Node '" + node
                            + "' is no member of this cluster, or was removed; to let it join give it a new token,"
                            + " which 'node:token' on the master creates.");
        }
        return known;
    }

    @Override
    public IssuedCertificate enrolMaster(JoinRequest request) throws RefusedException {
        JoinRules.check(request);
        PublicKey key = SigningRequest.key(request.signingRequest());
        synchronized (joining) {
            try {
                MemberState known = members.get(request.node());
                if (known != null && !known.row().master()) {
                    throw new RefusedException(
                            Code.NAME_TAKEN,
                            "The name '" + request.node()
                                    + "' is of a node of the cluster; give the master another one or"
                                    + " remove that node.");
                }
                removeFormerMasters(request.node());
                Instant joined = known == null ? clock.instant() : known.row().joined();
                return enter(request, true, key, joined);
            } catch (StoreException e) {
                throw unavailable("enrolment of the master", e);
            }
        }
    }

    /** When the master's name was changed in the configuration. */
    private void removeFormerMasters(NodeId but) {
        for (MemberState state : List.copyOf(members.values())) {
            if (state.row().master() && !state.id().equals(but)) {
                LOG.info("The master is now called {}; its former name {} is removed.", but, state.id());
                drop(state);
            }
        }
    }

    @Override
    public ControlSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException {
        MemberState state = known(node);
        MemberSession session = new MemberSession(this, state, link, remoteAddress);
        state.turn.lock();
        try {
            if (closed) {
                throw new RefusedException(Code.UNAVAILABLE, "The controller of the master is stopping; try again.");
            }
            if (known(node) != state) {
                throw new RefusedException(Code.UNAVAILABLE, "Node '" + node + "' joins just now; try again.");
            }
            replace(state);
            synchronized (telling) {
                state.session(session);
                link.send(everyone());
            }
            paid.settle(node);
            return session;
        } finally {
            state.turn.unlock();
        }
    }

    private void replace(MemberState state) {
        MemberSession former = state.session();
        if (former != null) {
            LOG.info("A newer control link of node {} takes the place of the one before.", state.id());
            leave(former);
            former.link().close("a newer link of this node has taken its place");
        }
    }

    void received(MemberSession session, NodeMessage message) {
        MemberState state = session.state();
        state.turn.lock();
        try {
            if (state.session() != session) {
                return;
            }
            Instant now = clock.instant();
            state.seen(now);
            if (session.isAnnounced()) {
                if (now.isAfter(state.row().lastSeen().plus(SEEN_EVERY))) {
                    saveQuietly(state);
                }
                announcer.tell(listener -> listener.received(state.member(now), message));
            } else {
                welcome(session, message);
            }
        } finally {
            state.turn.unlock();
        }
    }

    private void welcome(MemberSession session, NodeMessage message) {
        MemberState state = session.state();
        if (!(message instanceof NodeMessage.Hello hello) || !hello.node().equals(state.id())) {
            throw new IllegalArgumentException("The first message has to be Hello of node '" + state.id() + "'.");
        }
        JoinRules.check(hello.host(), hello.port(), hello.registry());
        NodeRow before = state.row();
        state.row(Rows.hello(before, hello, session.remoteAddress()));
        saveQuietly(state);
        session.announced();
        LOG.info("Node {} is connected from {}.", state.id(), session.remoteAddress());
        if (!Rows.address(before).equals(Rows.address(state.row()))) {
            tellAll();
        }
        announcer.tell(listener -> listener.connected(state.member(clock.instant()), hello));
    }

    void closed(MemberSession session) {
        MemberState state = session.state();
        state.turn.lock();
        try {
            if (state.session() == session) {
                leave(session);
            }
        } finally {
            state.turn.unlock();
        }
    }

    private void leave(MemberSession session) {
        MemberState state = session.state();
        state.session(null);
        if (session.isAnnounced()) {
            state.seen(clock.instant());
            saveQuietly(state);
            LOG.info("Node {} is away.", state.id());
            announcer.tell(listener -> listener.away(state.member(clock.instant())));
        }
    }

    /** Where and when a node was seen is worth no failure. */
    private void saveQuietly(MemberState state) {
        state.row(state.rowNow());
        try {
            store.save(state.row());
        } catch (StoreException e) {
            LOG.warn("What is new of node {} could not be kept; it is kept with the next news.", state.id(), e);
        }
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
        synchronized (joining) {
            MemberState state = members.get(node);
            if (state == null) {
                return false;
            }
            if (state.row().master()) {
                throw new IllegalArgumentException(
                        "Node '" + node + "' is the master, the root of every tree; it cannot be removed.");
            }
            drop(state);
            return true;
        }
    }

    private void drop(MemberState state) {
        state.turn.lock();
        try {
            store.remove(state.id());
            Member last = state.member(clock.instant());
            MemberSession session = state.session();
            state.session(null);
            members.remove(state.id());
            paid.settle(state.id());
            revoked = List.copyOf(store.revoked(clock.instant()));
            tellAll();
            if (session != null) {
                session.link().close("the node was removed from the cluster");
            }
            LOG.info("Node {} is removed and its certificates are revoked.", state.id());
            announcer.tell(listener -> listener.removed(last));
        } finally {
            state.turn.unlock();
        }
    }

    /** One after another, so that no older list arrives after a newer one. */
    private void tellAll() {
        synchronized (telling) {
            MasterMessage.Members everyone = everyone();
            for (MemberState state : members.values()) {
                MemberSession session = state.session();
                if (session != null) {
                    session.link().send(everyone);
                }
            }
        }
    }

    private MasterMessage.Members everyone() {
        List<PeerAddress> addresses = all().stream().map(Member::address).toList();
        return new MasterMessage.Members(addresses, revoked);
    }

    @Override
    public List<Member> all() {
        Instant now = clock.instant();
        return members.values().stream()
                .map(state -> state.member(now))
                .sorted(Comparator.comparing((Member member) -> !member.master())
                        .thenComparing(Member::id))
                .toList();
    }

    @Override
    public Optional<Member> find(NodeId node) {
        return Optional.ofNullable(members.get(node)).map(state -> state.member(clock.instant()));
    }

    @Override
    public boolean send(NodeId node, MasterMessage message) {
        MemberState state = members.get(node);
        MemberSession session = state == null ? null : state.session();
        if (session == null || !session.isAnnounced()) {
            return false;
        }
        session.link().send(message);
        return true;
    }

    @Override
    public void listen(MemberListener listener) {
        announcer.add(listener);
    }

    /** Closes every link; the nodes go on trying. */
    @Override
    public void close() {
        closed = true;
        for (MemberState state : members.values()) {
            state.turn.lock();
            try {
                MemberSession session = state.session();
                if (session != null) {
                    leave(session);
                    session.link().close("the controller of the master stops");
                }
            } finally {
                state.turn.unlock();
            }
        }
    }
}
