package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Members that come and go as a test says, and keep what they are sent. */
final class FakeMembers implements Members {
    static final NodeId MASTER = new NodeId("master");

    private final Map<NodeId, Member> members = new LinkedHashMap<>();
    private final Map<NodeId, List<MasterMessage>> sent = new LinkedHashMap<>();
    private final List<MemberListener> listeners = new ArrayList<>();
    private final Map<String, String> registries = new ConcurrentHashMap<>();

    FakeMembers(String... connected) {
        put("master", true, Instant.EPOCH);
        for (String name : connected) {
            put(name, true, Instant.EPOCH);
        }
    }

    static NodeId id(String name) {
        return new NodeId(name);
    }

    private synchronized Member put(String name, boolean connected, Instant now) {
        Member before = members.get(id(name));
        Instant joined = before == null ? now : before.joined();
        Member member = new Member(
                id(name),
                name + ".test",
                8490,
                registries.getOrDefault(name, "http://" + name),
                "",
                name.equals("master"),
                connected,
                joined,
                joined,
                NodeCapacity.NONE,
                "");
        members.put(member.id(), member);
        sent.computeIfAbsent(member.id(), node -> new ArrayList<>());
        return member;
    }

    /** From when the node comes next. */
    void registry(String name, String url) {
        registries.put(name, url);
    }

    /** A node comes, or comes back over a new link. */
    void connect(String name, TransferReport... reports) {
        Member member = put(name, true, Instant.now());
        NodeMessage.Hello hello = new NodeMessage.Hello(
                member.id(), "1", member.host(), member.port(), member.registry(), List.of(reports));
        heard().forEach(listener -> listener.connected(member, hello));
    }

    void disconnect(String name) {
        Member member = put(name, false, Instant.now());
        heard().forEach(listener -> listener.away(member));
    }

    /** The operator removes it, or it joins again under the same name. */
    void remove(String name) {
        Member member = drop(name);
        heard().forEach(listener -> listener.removed(member));
    }

    private synchronized Member drop(String name) {
        return requireNonNull(members.remove(id(name)), name);
    }

    void say(String name, NodeMessage message) {
        Member member = find(id(name)).orElseThrow();
        heard().forEach(listener -> listener.received(member, message));
    }

    void report(String name, TransferReport report) {
        say(name, new NodeMessage.Report(List.of(report)));
    }

    private synchronized List<MemberListener> heard() {
        return List.copyOf(listeners);
    }

    /** What a node was sent so far, of one kind. */
    synchronized <T extends MasterMessage> List<T> sent(String name, Class<T> kind) {
        return sent.getOrDefault(id(name), List.of()).stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Override
    public synchronized List<Member> all() {
        return members.values().stream()
                .sorted(Comparator.comparing((Member member) -> !member.master())
                        .thenComparing(Member::id))
                .toList();
    }

    @Override
    public synchronized Optional<Member> find(NodeId node) {
        return Optional.ofNullable(members.get(node));
    }

    @Override
    public synchronized boolean send(NodeId node, MasterMessage message) {
        Member member = members.get(node);
        if (member == null || !member.connected()) {
            return false;
        }
        sent.computeIfAbsent(node, id -> new ArrayList<>()).add(message);
        return true;
    }

    @Override
    public synchronized Runnable listen(MemberListener listener) {
        listeners.add(listener);
        return () -> forget(listener);
    }

    private synchronized void forget(MemberListener listener) {
        listeners.remove(listener);
    }

    /** How many hear what happens. */
    synchronized int listeners() {
        return listeners.size();
    }
}
