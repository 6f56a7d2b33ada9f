package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pairs want to be measured without being asked for: those of nodes that came, and edges of a plan. Thread-safe. */
final class Joiners {
    private static final Duration TRY_AGAIN = Duration.ofMinutes(10);
    private static final int MOST_TRIES = 100_000;

    private final Samples samples;
    private final Clock clock;
    private final Duration fresh;
    private final Set<NodeId> waiting = new HashSet<>();
    /** Those that came from another address than before, so that what is known of them is worth nothing. */
    private final Set<NodeId> moved = new HashSet<>();

    private final Map<NodeId, String> addresses = new HashMap<>();
    private final Map<Pair, Instant> tries = new LinkedHashMap<>();

    private record Pair(NodeId from, NodeId to) {}

    Joiners(Members members, Samples samples, Clock clock, Duration fresh) {
        this.samples = requireNonNull(samples, "samples is null");
        this.clock = clock;
        this.fresh = fresh;
        members.all().forEach(member -> addresses.put(member.id(), member.remoteAddress()));
    }

    /** Notes that the node is there; true when nobody else waits, so that somebody has to make the plan. */
    synchronized boolean add(Member member) {
        @Nullable String before = addresses.put(member.id(), member.remoteAddress());
        if (before != null && !before.isEmpty() && !before.equals(member.remoteAddress())) {
            moved.add(member.id());
        }
        waiting.add(member.id());
        return waiting.size() == 1;
    }

    synchronized void forget(NodeId node) {
        waiting.remove(node);
        moved.remove(node);
        addresses.remove(node);
    }

    /** The nodes that wait ping their peers, except where that is known well enough; nobody waits afterwards. */
    synchronized MeasurePlan plan(List<NodeId> connected) {
        Map<NodeId, List<NodeId>> wanted = new LinkedHashMap<>();
        MeasurePlan all = MeasurePlans.requests(MeasureMode.PING, connected, waiting);
        for (List<MeasureOrder> round : all.rounds()) {
            for (MeasureOrder order : round) {
                List<NodeId> peers = order.peers().stream()
                        .filter(peer -> moved.contains(order.node()) || !isKnown(order.node(), peer))
                        .toList();
                if (!peers.isEmpty()) {
                    wanted.put(order.node(), peers);
                }
            }
        }
        waiting.clear();
        moved.clear();
        return MeasurePlans.pairs(MeasureMode.PING, wanted);
    }

    private boolean isKnown(NodeId from, NodeId to) {
        Instant since = clock.instant().minus(fresh);
        return samples.find(from, to, MeasureMode.PING)
                .map(MeasurementRow::at)
                .filter(at -> at.isAfter(since))
                .isPresent();
    }

    /** Those pairs that were not tried lately; they count as tried from now on. */
    synchronized Map<NodeId, List<NodeId>> untried(Map<NodeId, ? extends List<NodeId>> pairs) {
        Instant now = clock.instant();
        tries.values().removeIf(at -> at.plus(TRY_AGAIN).isBefore(now));
        Map<NodeId, List<NodeId>> wanted = new LinkedHashMap<>();
        pairs.forEach((from, peers) -> {
            List<NodeId> untried = peers.stream()
                    .filter(to -> tries.size() < MOST_TRIES && tries.putIfAbsent(new Pair(from, to), now) == null)
                    .toList();
            if (!untried.isEmpty()) {
                wanted.put(from, untried);
            }
        });
        return wanted;
    }
}
