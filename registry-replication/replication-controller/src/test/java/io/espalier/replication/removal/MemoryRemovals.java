package io.espalier.replication.removal;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.RemovalStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/** Removals in memory, which outlive a desk. */
final class MemoryRemovals implements RemovalStore {
    private final Map<String, RemovalRow> rows = new LinkedHashMap<>();
    private final Map<String, Map<NodeId, RemovalPart>> parts = new LinkedHashMap<>();
    private long generation = 100;

    @Override
    public synchronized List<RemovalRow> open() {
        return rows.values().stream().filter(row -> row.state() != State.DONE).toList();
    }

    @Override
    public synchronized List<RemovalRow> done(int limit) {
        return rows.values().stream()
                .filter(row -> row.state() == State.DONE)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized void add(RemovalRow removal) {
        if (rows.putIfAbsent(removal.id(), removal) != null) {
            throw new IllegalStateException("The id " + removal.id() + " is taken.");
        }
    }

    @Override
    public synchronized List<RemovalPart> openParts() {
        return open().stream().flatMap(row -> parts(row.id()).stream()).toList();
    }

    @Override
    public synchronized void save(RemovalRow removal) {
        rows.put(removal.id(), removal);
    }

    @Override
    public synchronized void forget(String id) {
        rows.remove(id);
        parts.remove(id);
    }

    @Override
    public synchronized Optional<RemovalRow> order(
            RemovalRow removal, List<NodeId> nodes, Instant now, LongFunction<String> body) {
        generation++;
        RemovalRow ordered = new RemovalRow(
                removal.id(),
                removal.repository(),
                removal.tag(),
                removal.digest(),
                generation,
                State.ORDERED,
                removal.byHand(),
                "",
                body.apply(generation),
                removal.seen(),
                now);
        rows.put(removal.id(), ordered);
        Map<NodeId, RemovalPart> told = new LinkedHashMap<>();
        nodes.forEach(node -> told.put(node, new RemovalPart(removal.id(), node, "", "", 0, now)));
        parts.put(removal.id(), told);
        return Optional.of(ordered);
    }

    @Override
    public synchronized void save(RemovalPart part) {
        Map<NodeId, RemovalPart> told = parts.get(part.removal());
        if (told != null) {
            told.put(part.node(), part);
        }
    }

    @Override
    public synchronized List<RemovalPart> parts(String removal) {
        return new ArrayList<>(parts.getOrDefault(removal, Map.of()).values());
    }

    @Override
    public synchronized void forget(NodeId node) {
        parts.values().forEach(told -> told.remove(node));
    }

    @Override
    public synchronized long newestGeneration() {
        return rows.values().stream().mapToLong(RemovalRow::generation).max().orElse(0);
    }

    @Override
    public int prune(Instant before) {
        return 0;
    }
}
