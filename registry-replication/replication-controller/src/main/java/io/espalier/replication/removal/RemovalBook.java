package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.RemovalStore;
import io.espalier.replication.store.RemovalStore.RemovalPart;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Removals that are not over, in memory as they are stored. Thread-safe; what cannot be stored does not change. */
final class RemovalBook {
    private final RemovalStore store;
    private final Map<ImageName, RemovalRow> rows = new LinkedHashMap<>();
    private final Map<String, Map<NodeId, RemovalPart>> parts = new LinkedHashMap<>();

    RemovalBook(RemovalStore store) {
        this.store = requireNonNull(store, "store is null");
        Map<String, List<RemovalPart>> told =
                store.openParts().stream().collect(Collectors.groupingBy(RemovalPart::removal));
        for (RemovalRow row : store.open()) {
            ImageName.find(row.repository(), row.tag())
                    .ifPresent(name -> take(name, row, told.getOrDefault(row.id(), List.of())));
        }
    }

    private void take(ImageName name, RemovalRow row, List<RemovalPart> told) {
        rows.put(name, row);
        Map<NodeId, RemovalPart> known = new LinkedHashMap<>();
        told.forEach(part -> known.put(part.node(), part));
        parts.put(row.id(), known);
    }

    static ImageName name(RemovalRow row) {
        return new ImageName(row.repository(), row.tag());
    }

    synchronized List<RemovalRow> all() {
        return List.copyOf(rows.values());
    }

    synchronized List<RemovalRow> in(State state) {
        return rows.values().stream().filter(row -> row.state() == state).toList();
    }

    synchronized Optional<RemovalRow> find(ImageName name) {
        return Optional.ofNullable(rows.get(name));
    }

    synchronized Optional<RemovalRow> find(String id) {
        return rows.values().stream().filter(row -> row.id().equals(id)).findFirst();
    }

    synchronized List<RemovalPart> parts(String id) {
        return List.copyOf(parts.getOrDefault(id, Map.of()).values());
    }

    /** A new one; false, and nothing is stored, when there is one of this image already. */
    synchronized boolean add(RemovalRow row) {
        if (rows.containsKey(name(row))) {
            return false;
        }
        store.add(row);
        rows.put(name(row), row);
        return true;
    }

    /** False, and nothing changes, when it is not as it was seen: somebody decided otherwise meanwhile. */
    synchronized boolean replace(RemovalRow before, RemovalRow after) {
        if (!isNow(name(before), Optional.of(before))) {
            return false;
        }
        store.save(after);
        if (after.state() == State.DONE) {
            drop(after);
        } else {
            rows.put(name(after), after);
        }
        return true;
    }

    /** Whether an image has this row, or none. */
    synchronized boolean isNow(ImageName name, Optional<RemovalRow> row) {
        return find(name).equals(row);
    }

    private void drop(RemovalRow row) {
        rows.remove(name(row));
        parts.remove(row.id());
    }

    /** There is nothing to remove; false, and nothing changes, when it is not as it was seen. */
    synchronized boolean forget(RemovalRow row) {
        if (!isNow(name(row), Optional.of(row))) {
            return false;
        }
        store.forget(row.id());
        drop(row);
        return true;
    }

    /**
     * Notes that nodes are told.
     *
     * @param before what the image had when it was decided; empty for none
     * @return the removal's generation; empty, and nothing changes, when it has another row or the tag another digest by now
     */
    synchronized OptionalLong order(
            Optional<RemovalRow> before, RemovalRow row, List<NodeId> nodes, Instant now, LongFunction<String> body) {
        if (!isNow(name(row), before)) {
            return OptionalLong.empty();
        }
        Optional<RemovalRow> ordered = store.order(row, nodes, now, body);
        if (ordered.isEmpty()) {
            // The database may have gone away just after it was stored.
            ordered = store.open().stream()
                    .filter(stored -> stored.id().equals(row.id()) && stored.state() == State.ORDERED)
                    .findFirst();
        }
        ordered.ifPresent(stored -> take(name(stored), stored, store.parts(stored.id())));
        return ordered.map(stored -> OptionalLong.of(stored.generation())).orElseGet(OptionalLong::empty);
    }

    /**
     * Changes a node's part, which may have changed since it was looked at.
     *
     * @return the part as it is now; empty when there is none, or the change is null
     */
    synchronized Optional<RemovalPart> change(String removal, NodeId node, Change change) {
        Map<NodeId, RemovalPart> known = parts.getOrDefault(removal, Map.of());
        RemovalPart before = known.get(node);
        RemovalPart after = before == null ? null : change.of(before);
        if (after != null) {
            store.save(after);
            known.put(node, after);
        }
        return Optional.ofNullable(after);
    }

    /** The same when the removal may be over. */
    synchronized Optional<RemovalPart> changeLate(String removal, NodeId node, Change change) {
        if (parts.containsKey(removal)) {
            return change(removal, node, change);
        }
        Optional<RemovalPart> after = store.parts(removal).stream()
                .filter(part -> part.node().equals(node))
                .findFirst()
                .flatMap(before -> Optional.ofNullable(change.of(before)));
        after.ifPresent(store::save);
        return after;
    }

    /** What becomes of a part; null for nothing. */
    @FunctionalInterface
    interface Change {
        @Nullable
        RemovalPart of(RemovalPart before);
    }

    /** The node belongs to the cluster no longer. */
    synchronized void forget(NodeId node) {
        store.forget(node);
        parts.values().forEach(known -> known.remove(node));
    }

    /** Those that are over, newest first. */
    List<RemovalRow> done(int limit) {
        return store.done(limit);
    }

    List<RemovalPart> storedParts(String id) {
        return new ArrayList<>(store.parts(id));
    }

    int prune(Instant before) {
        return store.prune(before);
    }
}
