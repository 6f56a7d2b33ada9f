package io.espalier.replication.authority;

import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.RefusedException.Code;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.NodeStore;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is a member and who is connected, in memory. Thread-safe; a member's turn is taken before the lock of telling, and listeners
 * are called under the turn.
 */
final class Roster {
    private static final Duration SEEN_EVERY = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final NodeStore store;
    private final Clock clock;
    private final Announcer announcer = new Announcer();
    private final Map<NodeId, MemberState> members = new ConcurrentHashMap<>();
    private final Object telling = new Object();
    private volatile List<String> revoked;
    private volatile boolean closed;

    Roster(NodeStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.revoked = List.copyOf(store.revoked(clock.instant()));
        store.nodes().forEach(row -> members.put(row.id(), new MemberState(row)));
    }

    Announcer announcer() {
        return announcer;
    }

    @Nullable
    MemberState state(NodeId node) {
        return members.get(node);
    }

    List<MemberState> states() {
        return List.copyOf(members.values());
    }

    MemberState known(NodeId node) throws RefusedException {
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

    /** Makes it a member, or changes what is known of it; it is in the store already. */
    void enter(NodeRow row) {
        MemberState state = members.getOrDefault(row.id(), new MemberState(row));
        state.turn.lock();
        try {
            state.row(row);
        } finally {
            state.turn.unlock();
        }
        members.put(row.id(), state);
        revoked = List.copyOf(store.revoked(clock.instant()));
        tellAll();
    }

    MemberSession connect(NodeId node, String remoteAddress, ControlLink link) throws RefusedException {
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
        state.capacity(hello.capacity());
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
            state.unsaved(false);
        } catch (StoreException e) {
            state.unsaved(true);
            if (!e.isAway()) {
                LOG.warn("What is new of node {} could not be kept; it is kept with the next news.", state.id(), e);
            }
        }
    }

    /** Keeps what could not be kept while the database was away. */
    void saveAgain() {
        for (MemberState state : members.values()) {
            if (state.isUnsaved()) {
                state.turn.lock();
                try {
                    if (members.get(state.id()) == state) {
                        saveQuietly(state);
                    }
                } finally {
                    state.turn.unlock();
                }
            }
        }
    }

    /** Ends a membership, first in the store. */
    void drop(MemberState state) {
        state.turn.lock();
        try {
            revoked = List.copyOf(store.remove(state.id(), clock.instant()));
            Member last = state.member(clock.instant());
            MemberSession session = state.session();
            state.session(null);
            members.remove(state.id());
            tellAll();
            if (session != null) {
                session.link().close(ClusterAuthority.REMOVED);
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

    List<Member> all() {
        Instant now = clock.instant();
        return members.values().stream()
                .map(state -> state.member(now))
                .sorted(Comparator.comparing((Member member) -> !member.master())
                        .thenComparing(Member::id))
                .toList();
    }

    Optional<Member> find(NodeId node) {
        return Optional.ofNullable(members.get(node)).map(state -> state.member(clock.instant()));
    }

    boolean send(NodeId node, MasterMessage message) {
        MemberState state = members.get(node);
        MemberSession session = state == null ? null : state.session();
        if (session == null || !session.isAnnounced()) {
            return false;
        }
        session.link().send(message);
        return true;
    }

    /** Closes every link; the nodes go on trying. */
    void close() {
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
