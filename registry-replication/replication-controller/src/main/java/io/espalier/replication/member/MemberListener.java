package io.espalier.replication.member;

import io.espalier.relay.protocol.NodeMessage;

/** Hears what happens to members. Calls for one node come one at a time and in order; they may block for a while. */
public interface MemberListener {
    /** A member's control link is open and it has said what it knows. */
    void connected(Member member, NodeMessage.Hello hello);

    /** Any message after the first. */
    void received(Member member, NodeMessage message);

    /** The control link is gone or silent. */
    void away(Member member);

    /** It was removed by the operator and its certificate revoked. */
    void removed(Member member);
}
