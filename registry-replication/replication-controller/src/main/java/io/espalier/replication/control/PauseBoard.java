package io.espalier.replication.control;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What nodes said last that they take no chunks of. Thread-safe. */
public final class PauseBoard implements MemberListener {
    private final Map<NodeId, List<String>> paused = new ConcurrentHashMap<>();

    /** Images as REPOSITORY:TAG, or {@code *} for all; of a node that is away, as it was then. */
    public List<String> of(NodeId node) {
        return paused.getOrDefault(node, List.of());
    }

    /** The same in a word; empty when nothing is paused. */
    public String text(NodeId node) {
        List<String> images = of(node);
        if (images.isEmpty()) {
            return "";
        }
        return images.contains("*") ? "paused" : images.size() + " paused";
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        paused.put(member.id(), hello.paused());
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (message instanceof NodeMessage.Paused now) {
            paused.put(member.id(), now.images());
        }
    }

    @Override
    public void away(Member member) {}

    @Override
    public void removed(Member member) {
        paused.remove(member.id());
    }
}
