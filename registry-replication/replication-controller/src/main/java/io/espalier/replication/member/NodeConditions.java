package io.espalier.replication.member;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What connected nodes said last of what keeps them from their work. Thread-safe. */
public final class NodeConditions implements MemberListener {
    private final Map<NodeId, Condition> conditions = new ConcurrentHashMap<>();

    /** Well for a node that is away: it cannot say. */
    public Condition of(NodeId node) {
        return conditions.getOrDefault(node, Condition.WELL);
    }

    /** The same in a few words; empty when all is well. */
    public String text(NodeId node) {
        Condition now = of(node);
        List<String> words = new ArrayList<>();
        if (!now.registry().isEmpty()) {
            words.add("registry down");
        }
        if (!now.disk().isEmpty()) {
            words.add("disk nearly full");
        }
        return String.join(", ", words);
    }

    /** A sentence for each thing that is wrong with the node. */
    public List<String> problems(Member member) {
        Condition now = of(member.id());
        List<String> sentences = new ArrayList<>();
        if (!now.registry().isEmpty()) {
            sentences.add("The registry " + member.registry() + " of node " + member.id() + " cannot be used: "
                    + now.registry());
        }
        if (!now.disk().isEmpty()) {
            sentences.add("Node " + member.id() + ": " + now.disk());
        }
        return sentences;
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        conditions.remove(member.id());
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (message instanceof Condition now) {
            conditions.put(member.id(), now);
        }
    }

    @Override
    public void away(Member member) {
        conditions.remove(member.id());
    }

    @Override
    public void removed(Member member) {
        conditions.remove(member.id());
    }
}
