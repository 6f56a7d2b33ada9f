package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Hold;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.window.WindowRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets transfers wait at nodes that are outside of their windows. Thread-safe; {@link #resume} and {@link #go} are for one thread. */
final class WindowDesk {
    private static final Logger LOG = LoggerFactory.getLogger(WindowDesk.class);

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    /** While the master is there it ends the wait itself, so the node does so only later. */
    private static final Duration LATER = Duration.ofSeconds(5);

    private final WindowRules rules;
    private final Members members;
    private final Clock clock;
    /** Without its time, which runs. */
    private final Map<NodeId, Hold> sent = new ConcurrentHashMap<>();

    private volatile Set<NodeId> closed = Set.of();
    private List<TransferRow> resumed = List.of();
    private Set<String> idle = Set.of();
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;

    WindowDesk(WindowRules rules, Members members, Clock clock) {
        this.rules = requireNonNull(rules, "rules is null");
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** When the node takes this image; empty while it does. */
    Optional<Instant> opensAt(Member node, String repository, long bytes) {
        return rules.isSubject(repository, bytes) ? rules.opensAt(node, clock.instant()) : Optional.empty();
    }

    /** As of the last look, since this is asked for every node and transfer many times a second. */
    boolean isClosed(Member node, Running running) {
        return closed.contains(node.id())
                && rules.isSubject(running.row().repository(), running.row().bytes());
    }

    /** The node's link is another one: it is told anew, since it keeps what it heard last, and nobody knows what that was. */
    void forget(NodeId node) {
        sent.remove(node);
    }

    /** Unfinished ones of an earlier run, which wait for their turn: nodes may know them, and are not to go on with them meanwhile. */
    void resume(List<TransferRow> unfinished) {
        resumed = unfinished.stream().map(TransferRow::withoutBody).toList();
    }

    /** Looks once a second which nodes are outside of their windows, and tells them what is to wait where that changed. */
    void go(TransferTable table) {
        // Also without windows: nodes may still wait for those of an earlier configuration.
        if (System.nanoTime() - lookedNanos >= LOOK_NANOS) {
            lookedNanos = System.nanoTime();
            look(table);
        }
    }

    private void look(TransferTable table) {
        Map<NodeId, Instant> now = new HashMap<>();
        for (Member node : members.all()) {
            rules.opensAt(node, clock.instant()).ifPresent(opens -> now.put(node.id(), opens));
        }
        Set<NodeId> before = closed;
        closed = Set.copyOf(now.keySet());
        if (!closed.equals(before)) {
            LOG.info("Outside of their windows now: {}.", closed.isEmpty() ? "no node" : closed);
            table.all().forEach(running -> running.planIn(0));
        }
        warn();
        resumed = resumed.stream().filter(row -> table.isWaiting(row.id())).toList();
        members.all().stream().filter(Member::connected).forEach(node -> tell(node, now.get(node.id()), table));
    }

    /** Once for each window that is for nobody, and again when it had been for somebody. */
    private void warn() {
        Map<String, String> now = rules.idle(members.all());
        now.forEach((window, sentence) -> {
            if (!idle.contains(window)) {
                LOG.warn("{}", sentence);
            }
        });
        idle = Set.copyOf(now.keySet());
    }

    private void tell(Member node, @Nullable Instant opens, TransferTable table) {
        Set<String> waiting = new HashSet<>();
        if (opens != null) {
            table.all().stream()
                    .filter(running -> isClosed(node, running))
                    .filter(running -> running.isTarget(node.id())
                            && !running.state(node.id()).isFinal())
                    .forEach(running -> waiting.add(running.row().id()));
            resumed.stream()
                    .filter(row -> rules.isSubject(row.repository(), row.bytes()))
                    .forEach(row -> waiting.add(row.id()));
        }
        String reason = opens == null || waiting.isEmpty() ? "" : WindowRules.sentence(opens);
        long seconds = opens == null || waiting.isEmpty() || opens.equals(Instant.MAX) ? 0 : seconds(opens);
        Hold hold = new Hold(List.copyOf(new TreeSet<>(waiting)), reason);
        // Noted first, so that a link which opens meanwhile is not taken for the one that was used.
        Hold before = sent.put(node.id(), hold);
        if (!hold.equals(before) && !members.send(node.id(), new Hold(hold.transfers(), hold.reason(), seconds))) {
            sent.remove(node.id(), hold);
        }
    }

    private long seconds(Instant opens) {
        return Math.max(1, Duration.between(clock.instant(), opens).plus(LATER).toSeconds());
    }
}
