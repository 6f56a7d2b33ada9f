package io.espalier.replication.authority;

import io.espalier.relay.protocol.NodeMessage;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what happens to members, as "connected b" or "away b". */
final class RecordingListener implements MemberListener {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<NodeMessage> messages = new CopyOnWriteArrayList<>();

    List<String> events() {
        return events;
    }

    List<NodeMessage> messages() {
        return messages;
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        events.add("connected " + member.id());
    }

    @Override
    public void received(Member member, NodeMessage message) {
        messages.add(message);
    }

    @Override
    public void away(Member member) {
        events.add("away " + member.id());
    }

    @Override
    public void removed(Member member) {
        events.add("removed " + member.id());
    }
}
