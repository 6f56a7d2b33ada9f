package io.espalier.replication.authority;

import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.NodeStore.NodeRow;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A member in memory. Everything that happens to one member happens under its turn, one thing after another. */
final class MemberState {
    final ReentrantLock turn = new ReentrantLock(true);
    /** Changed under the turn. */
    private volatile NodeRow row;

    private volatile @Nullable MemberSession session;
    private volatile Instant seen;
    private volatile NodeCapacity capacity = NodeCapacity.NONE;
    private volatile boolean unsaved;

    MemberState(NodeRow row) {
        this.row = row;
        this.seen = row.lastSeen();
    }

    NodeId id() {
        return row.id();
    }

    NodeRow row() {
        return row;
    }

    void row(NodeRow fresh) {
        row = fresh;
    }

    @Nullable
    MemberSession session() {
        return session;
    }

    void session(@Nullable MemberSession fresh) {
        session = fresh;
    }

    void capacity(NodeCapacity said) {
        capacity = said;
    }

    void seen(Instant at) {
        seen = at;
    }

    /** Whether the store lacks what is new in the row. */
    boolean isUnsaved() {
        return unsaved;
    }

    void unsaved(boolean now) {
        unsaved = now;
    }

    boolean isConnected() {
        MemberSession now = session;
        return now != null && now.isAnnounced();
    }

    /** The row with what is known of the node's presence. */
    NodeRow rowNow() {
        NodeRow now = row;
        return new NodeRow(
                now.id(),
                now.host(),
                now.port(),
                now.registry(),
                now.site(),
                now.master(),
                now.serial(),
                now.joined(),
                seen,
                now.remoteAddress());
    }

    /** @param now of a connected member, whose link would have ended if it were silent */
    Member member(Instant now) {
        NodeRow known = row;
        boolean connected = isConnected();
        return new Member(
                known.id(),
                known.host(),
                known.port(),
                known.registry(),
                known.site(),
                known.master(),
                connected,
                known.joined(),
                connected ? now : seen,
                capacity,
                known.remoteAddress());
    }
}
