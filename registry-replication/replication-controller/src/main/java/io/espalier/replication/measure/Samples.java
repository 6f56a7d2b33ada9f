package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest measurement of every pair and mode, in memory and in the store. Thread-safe; bounded by the members squared. */
final class Samples {
    private static final Logger LOG = LoggerFactory.getLogger(Samples.class);

    private final MeasurementStore store;
    private final Map<Key, MeasurementRow> rows = new ConcurrentHashMap<>();
    /** What the store has not taken yet. */
    private final Map<Key, MeasurementRow> unsaved = new ConcurrentHashMap<>();

    private record Key(NodeId from, NodeId to, MeasureMode mode) {
        static Key of(MeasurementRow row) {
            return new Key(row.from(), row.to(), row.mode());
        }
    }

    Samples(MeasurementStore store) {
        this.store = requireNonNull(store, "store is null");
        store.measurements().forEach(row -> rows.put(Key.of(row), row));
    }

    void add(List<MeasurementRow> measured) {
        for (MeasurementRow row : measured) {
            rows.put(Key.of(row), row);
            unsaved.put(Key.of(row), row);
        }
    }

    /** What the store refuses now is offered again next time; the measurements count meanwhile. */
    void save() {
        List<MeasurementRow> batch = new ArrayList<>(unsaved.values());
        if (batch.isEmpty()) {
            return;
        }
        try {
            store.save(batch);
            batch.forEach(row -> unsaved.remove(Key.of(row), row));
        } catch (StoreException away) {
            if (!away.isAway()) {
                LOG.warn("Measurements are kept in memory only for now. {}", away.getMessage());
            }
        }
    }

    void forget(NodeId node) {
        rows.keySet().removeIf(key -> key.from().equals(node) || key.to().equals(node));
        unsaved.keySet().removeIf(key -> key.from().equals(node) || key.to().equals(node));
    }

    Optional<MeasurementRow> find(NodeId from, NodeId to, MeasureMode mode) {
        return Optional.ofNullable(rows.get(new Key(from, to, mode)));
    }

    List<MeasurementRow> all() {
        return new ArrayList<>(rows.values());
    }
}
