package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** A transfer that some connected node has still to finish. Thread-safe. */
final class Running {
    /** What a node said, and what of it is stored. */
    private record Part(TransferReport report, Instant at, boolean stored, Instant progressAt) {}

    private final TransferRow row;
    private final Transfer transfer;
    private final Map<NodeId, Part> parts = new HashMap<>();
    private final Map<NodeId, Route> sent = new HashMap<>();
    private final SenderRates rates = new SenderRates();
    private final Map<NodeId, Integer> dryLooks = new HashMap<>();
    private final Set<NodeId> targets = new HashSet<>();
    private long planDueNanos;
    private boolean planDue;
    private boolean hashing;
    private boolean over;
    private String problem = "";

    Running(TransferRow row, Transfer transfer, Collection<PartRow> stored) {
        this.row = requireNonNull(row, "row is null");
        this.transfer = requireNonNull(transfer, "transfer is null");
        for (PartRow part : stored) {
            parts.put(part.node(), new Part(part.report(), part.at(), true, part.at()));
        }
    }

    TransferRow row() {
        return row;
    }

    Transfer transfer() {
        return transfer;
    }

    synchronized void addTargets(Collection<NodeId> nodes) {
        targets.addAll(nodes);
    }

    /** Adds targets; those that had ended without the image begin anew. */
    synchronized void renew(Collection<NodeId> nodes) {
        for (NodeId node : nodes) {
            TransferState state = state(node);
            if (state.isFinal() && state != TransferState.DONE) {
                parts.remove(node);
                sent.remove(node);
            }
        }
        targets.addAll(nodes);
    }

    synchronized boolean isTarget(NodeId node) {
        return targets.contains(node);
    }

    synchronized Set<NodeId> targets() {
        return Set.copyOf(targets);
    }

    /** Plans again once this time has passed, unless sooner anyway. */
    synchronized void planIn(long nanos) {
        long due = System.nanoTime() + nanos;
        if (!planDue || due - planDueNanos < 0) {
            planDueNanos = due;
        }
        planDue = true;
    }

    /** Whether the time to plan has come; says so once. */
    synchronized boolean takePlanDue() {
        boolean now = planDue && !over && System.nanoTime() - planDueNanos >= 0;
        planDue = planDue && !now;
        return now;
    }

    synchronized TransferState state(NodeId node) {
        Part part = parts.get(node);
        return part == null ? TransferState.WAITING : part.report().state();
    }

    boolean isDone(NodeId node) {
        return state(node) == TransferState.DONE;
    }

    synchronized Optional<TransferReport> report(NodeId node) {
        return Optional.ofNullable(parts.get(node)).map(Part::report);
    }

    /** Notes a report; whether it must be stored at once because the state changed. */
    synchronized boolean report(NodeId node, TransferReport report, Instant at) {
        Part before = parts.get(node);
        boolean changed = before == null
                || before.report().state() != report.state()
                || !before.report().problem().equals(report.problem());
        parts.put(node, new Part(report, at, false, before == null ? at : progressAt(before, report, at)));
        if (before != null && before.report().bytesReceived() != report.bytesReceived()) {
            dryLooks.remove(node);
        }
        rates.note(node, report, at);
        return changed;
    }

    /** Only time in which the node receives counts as idle, not that in which it queues, waits for a window or for its registry. */
    private static Instant progressAt(Part before, TransferReport report, Instant at) {
        if (before.report().bytesReceived() != report.bytesReceived()) {
            return at;
        }
        boolean received = before.report().state() == TransferState.RECEIVING;
        Duration waited = Duration.between(before.at(), at);
        Instant moved = received || waited.isNegative()
                ? before.progressAt()
                : before.progressAt().plus(waited);
        return moved.isAfter(at) ? at : moved;
    }

    /** What was said but not stored, by the nodes that it is asked for; it counts as stored from now on. */
    synchronized List<PartRow> takeUnstored(Predicate<NodeId> nodes) {
        List<PartRow> rows = new ArrayList<>();
        parts.replaceAll((node, part) -> {
            if (part.stored() || !nodes.test(node)) {
                return part;
            }
            rows.add(new PartRow(row.id(), node, part.report(), part.at()));
            return new Part(part.report(), part.at(), true, part.progressAt());
        });
        return rows;
    }

    synchronized boolean hasUnstored() {
        return parts.values().stream().anyMatch(part -> !part.stored());
    }

    /** Storing failed; it is to be stored again. */
    synchronized void notStored(Collection<PartRow> rows) {
        for (PartRow failed : rows) {
            parts.computeIfPresent(
                    failed.node(), (node, part) -> new Part(part.report(), part.at(), false, part.progressAt()));
        }
    }

    /** What is stored of a transfer that no longer runs. */
    static List<NodeProgress> progress(
            TransferRow row, List<PartRow> stored, Collection<NodeId> nodes, Predicate<NodeId> connected) {
        Map<NodeId, PartRow> byNode = new HashMap<>();
        stored.forEach(part -> byNode.put(part.node(), part));
        List<NodeProgress> list = new ArrayList<>();
        for (NodeId node : nodes) {
            PartRow part = byNode.get(node);
            TransferReport report = part == null ? nothing(row) : part.report();
            list.add(new NodeProgress(node, connected.test(node), report, part == null ? row.created() : part.at()));
        }
        return list;
    }

    synchronized List<NodeProgress> progress(Collection<NodeId> nodes, Predicate<NodeId> connected) {
        List<NodeProgress> list = new ArrayList<>();
        for (NodeId node : nodes) {
            Part part = parts.get(node);
            TransferReport report = part == null ? nothing(row) : part.report();
            Instant at = part == null ? row.created() : part.at();
            list.add(new NodeProgress(node, connected.test(node), report, at, rates.of(node)));
        }
        return list;
    }

    static TransferReport nothing(TransferRow row) {
        return new TransferReport(row.id(), TransferState.WAITING, row.bytes(), 0, 0, 0, 0, "", 0, "", 0);
    }

    /** Of a node that had it once. */
    static TransferReport lost(TransferRow row, String problem) {
        return new TransferReport(row.id(), TransferState.CANCELLED, row.bytes(), 0, 0, 0, 0, "", 0, problem, 0);
    }

    /** Since when a node that receives got no byte. */
    synchronized Optional<Instant> idleSince(NodeId node) {
        Part part = parts.get(node);
        boolean waits = part != null && sent.containsKey(node) && part.report().state() == TransferState.RECEIVING;
        return waits ? Optional.of(requireNonNull(part).progressAt()) : Optional.empty();
    }

    /** It gets nothing, and neither do those above it; answers how often in a row that was seen. */
    synchronized int dryLook(NodeId node) {
        return dryLooks.merge(node, 1, Integer::sum);
    }

    /** Bytes that the node says it has. */
    synchronized long bytesAt(NodeId node) {
        Part part = parts.get(node);
        return part == null ? 0 : part.report().bytesThere() + part.report().bytesReceived();
    }

    /** Bytes a second that a node which receives said it gets. */
    synchronized OptionalLong rate(NodeId node) {
        Part part = parts.get(node);
        return part == null || part.report().state() != TransferState.RECEIVING
                ? OptionalLong.empty()
                : OptionalLong.of(part.report().bytesPerSecond());
    }

    synchronized void restartIdle(NodeId node, Instant now) {
        parts.computeIfPresent(node, (id, part) -> new Part(part.report(), part.at(), part.stored(), now));
    }

    /** The route that the node got over its present link. */
    synchronized Optional<Route> sentRoute(NodeId node) {
        return Optional.ofNullable(sent.get(node));
    }

    /**
     * Sends under the lock, so that a link that opens meanwhile is not taken for the one that was used.
     *
     * @param send whether it was sent
     */
    synchronized boolean send(NodeId node, Route route, Predicate<Route> send) {
        if (over) {
            return false;
        }
        sent.put(node, route);
        if (send.test(route)) {
            return true;
        }
        sent.remove(node);
        return false;
    }

    /** The node's link is another one, or gone. */
    synchronized void forgetLink(NodeId node) {
        sent.remove(node);
    }

    /** The node is no member any more; when it joins again it begins anew. */
    synchronized void forget(NodeId node) {
        parts.remove(node);
        rates.forget(node);
        sent.remove(node);
        targets.remove(node);
    }

    /** Nodes that were told of it over their present link and receive it or, having it, pass it on: the root among them. */
    synchronized List<NodeId> listeners() {
        return sent.keySet().stream()
                .filter(node ->
                        state(node) == TransferState.DONE || !state(node).isFinal())
                .toList();
    }

    /** Whether a node was told to get it, or a stripe of it, from this one first. */
    synchronized boolean isParent(NodeId parent) {
        return sent.entrySet().stream()
                .anyMatch(entry -> !state(entry.getKey()).isFinal()
                        && entry.getValue().branches().stream()
                                .anyMatch(branch -> branch.parent().node().equals(parent)));
    }

    /** True once. */
    synchronized boolean beginHashing() {
        boolean first = !hashing;
        hashing = true;
        return first;
    }

    synchronized boolean isHashing() {
        return hashing;
    }

    synchronized String problem() {
        return problem;
    }

    synchronized void problem(String sentence) {
        problem = sentence;
    }

    /** Nothing is sent any more. */
    synchronized boolean end() {
        boolean first = !over;
        over = true;
        return first;
    }

    synchronized boolean isOver() {
        return over;
    }

    /** Whether most of these nodes have finished, or wait for something that only time or an operator heals. */
    synchronized boolean isMostlyThere(Collection<NodeId> connected) {
        long open = 0;
        long all = 0;
        for (NodeId node : connected) {
            if (targets.contains(node)) {
                all++;
                TransferState state = state(node);
                open += state.isFinal() || state == TransferState.RETRYING ? 0 : 1;
            }
        }
        return open * 2 <= all && (open == 0 || all > 2);
    }

    synchronized boolean isFinished(Collection<NodeId> connected) {
        return connected.stream().filter(targets::contains).allMatch(node -> state(node)
                .isFinal());
    }
}
