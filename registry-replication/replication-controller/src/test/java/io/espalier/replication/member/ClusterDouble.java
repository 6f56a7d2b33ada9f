package io.espalier.replication.member;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A cluster without nodes: the test says who is there and what each answers, on a thread of its own. */
public final class ClusterDouble implements Members, AutoCloseable {
    private static final Instant JOINED = Instant.ofEpochMilli(1_700_000_000_000L);

    private final Map<NodeId, Member> members = new ConcurrentHashMap<>();
    private final List<MemberListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final ExecutorService links = Executors.newSingleThreadExecutor();
    private volatile @Nullable BiFunction<NodeId, MasterMessage, @Nullable NodeMessage> nodes;

    /** A message to a node. */
    public record Sent(NodeId node, MasterMessage message) {}

    /** What nodes answer to a message; null for nothing. */
    public ClusterDouble answering(BiFunction<NodeId, MasterMessage, @Nullable NodeMessage> answers) {
        nodes = answers;
        return this;
    }

    /** Adds a member without telling anybody, as one that is known from before; the first is the master. */
    public ClusterDouble with(String name, String site, boolean connected) {
        NodeId id = new NodeId(name);
        members.put(
                id,
                new Member(
                        id,
                        name + ".example",
                        8490,
                        "http://" + name + ".example:5000",
                        site,
                        members.isEmpty(),
                        connected,
                        JOINED,
                        JOINED,
                        NodeCapacity.NONE,
                        "10.0.0." + members.size()));
        return this;
    }

    public ClusterDouble with(String... names) {
        for (String name : names) {
            with(name, "", true);
        }
        return this;
    }

    /** The node comes, or comes back, from this address. */
    public void connect(String name, String address) {
        Member member = change(name, true, address);
        NodeMessage.Hello hello = new NodeMessage.Hello(
                member.id(),
                "0.1.0",
                member.host(),
                member.port(),
                member.registry(),
                member.site(),
                member.capacity(),
                List.of(),
                List.of());
        listeners.forEach(listener -> listener.connected(member, hello));
    }

    public void connect(String name) {
        connect(
                name,
                Optional.ofNullable(members.get(new NodeId(name)))
                        .map(Member::remoteAddress)
                        .orElse("10.1.1.1"));
    }

    public void leave(String name) {
        Member member = change(
                name, false, requireNonNull(members.get(new NodeId(name)), name).remoteAddress());
        listeners.forEach(listener -> listener.away(member));
    }

    public void remove(String name) {
        Member member = requireNonNull(members.remove(new NodeId(name)), name);
        listeners.forEach(listener -> listener.removed(member));
    }

    public void say(String name, NodeMessage message) {
        Member member = requireNonNull(members.get(new NodeId(name)), name);
        listeners.forEach(listener -> listener.received(member, message));
    }

    /** The node says what it may be burdened with. */
    public void burden(String name, NodeCapacity capacity) {
        members.computeIfPresent(
                new NodeId(name),
                (id, old) -> new Member(
                        id,
                        old.host(),
                        old.port(),
                        old.registry(),
                        old.site(),
                        old.master(),
                        old.connected(),
                        old.joined(),
                        old.lastSeen(),
                        capacity,
                        old.remoteAddress()));
    }

    private Member change(String name, boolean connected, String address) {
        if (!members.containsKey(new NodeId(name))) {
            with(name, "", connected);
        }
        return requireNonNull(
                members.computeIfPresent(
                        new NodeId(name),
                        (id, old) -> new Member(
                                id,
                                old.host(),
                                old.port(),
                                old.registry(),
                                old.site(),
                                old.master(),
                                connected,
                                old.joined(),
                                old.lastSeen(),
                                old.capacity(),
                                address)),
                "changed");
    }

    /** What was sent so far. */
    public List<Sent> sent() {
        return new ArrayList<>(sent);
    }

    @Override
    public List<Member> all() {
        return members.values().stream()
                .sorted(Comparator.comparing((Member member) -> !member.master())
                        .thenComparing(Member::id))
                .toList();
    }

    @Override
    public Optional<Member> find(NodeId node) {
        return Optional.ofNullable(members.get(node));
    }

    @Override
    public boolean send(NodeId node, MasterMessage message) {
        Member member = members.get(node);
        if (member == null || !member.connected()) {
            return false;
        }
        sent.add(new Sent(node, message));
        BiFunction<NodeId, MasterMessage, @Nullable NodeMessage> answers = nodes;
        if (answers != null) {
            links.execute(() -> {
                NodeMessage answer = answers.apply(node, message);
                if (answer != null && members.containsKey(node)) {
                    say(node.value(), answer);
                }
            });
        }
        return true;
    }

    @Override
    public Runnable listen(MemberListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        links.shutdownNow();
    }
}
