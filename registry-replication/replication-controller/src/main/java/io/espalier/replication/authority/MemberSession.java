package io.espalier.replication.authority;

import io.espalier.relay.protocol.ControlLink;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.NodeMessage;

/** One control link of a member; the roster does the work. */
final class MemberSession implements ControlSession {
    private final Roster roster;
    private final MemberState state;
    private final ControlLink link;
    private final String remoteAddress;
    private volatile boolean announced;

    MemberSession(Roster roster, MemberState state, ControlLink link, String remoteAddress) {
        this.roster = roster;
        this.state = state;
        this.link = link;
        this.remoteAddress = remoteAddress;
    }

    MemberState state() {
        return state;
    }

    ControlLink link() {
        return link;
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /** Whether it has said Hello. */
    boolean isAnnounced() {
        return announced;
    }

    void announced() {
        announced = true;
    }

    @Override
    public void received(NodeMessage message) {
        roster.received(this, message);
    }

    @Override
    public void closed() {
        roster.closed(this);
    }
}
