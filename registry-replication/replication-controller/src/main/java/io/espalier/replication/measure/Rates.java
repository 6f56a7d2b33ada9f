package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore;
import io.espalier.replication.store.MeasurementStore.RateRow;
import io.espalier.replication.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rates of real transfers over each edge, smoothed: an exponentially weighted moving average, in which a rate seen over more
 * bytes counts for more. Thread-safe; bounded by the edges that were ever in a tree of present members.
 */
final class Rates {
    private static final Logger LOG = LoggerFactory.getLogger(Rates.class);
    /** Less than this says more about latency than about bandwidth. */
    private static final long LEAST_BYTES = 256 << 10;
    /** At so many bytes a rate counts in full. */
    private static final double FULL_BYTES = 16 << 20;

    private static final double WEIGHT = 0.5;
    private static final Duration OLD = Duration.ofHours(1);

    private final MeasurementStore store;
    private final Map<Edge, RateRow> rows = new ConcurrentHashMap<>();
    private final Map<Edge, RateRow> unsaved = new ConcurrentHashMap<>();

    private record Edge(NodeId parent, NodeId child) {}

    Rates(MeasurementStore store) {
        this.store = requireNonNull(store, "store is null");
        store.rates().forEach(row -> rows.put(new Edge(row.parent(), row.child()), row));
    }

    /** Takes a rate into account; false when it says nothing. */
    boolean observe(NodeId parent, NodeId child, long bytes, long bytesPerSecond, Instant now) {
        if (bytes < LEAST_BYTES || bytesPerSecond < 1 || parent.equals(child)) {
            return false;
        }
        Edge edge = new Edge(parent, child);
        RateRow row = requireNonNull(
                rows.merge(
                        edge,
                        new RateRow(parent, child, bytesPerSecond, now),
                        (old, fresh) -> smooth(old, fresh, bytes)),
                "merged");
        unsaved.put(edge, row);
        return true;
    }

    private static RateRow smooth(RateRow old, RateRow fresh, long bytes) {
        // After a long pause the network may be another one.
        double weight = Duration.between(old.at(), fresh.at()).compareTo(OLD) > 0
                ? 1
                : WEIGHT * Math.min(1, Math.max(0.1, bytes / FULL_BYTES));
        double rate = old.bytesPerSecond() + weight * (fresh.bytesPerSecond() - old.bytesPerSecond());
        return new RateRow(old.parent(), old.child(), Math.max(1, Math.round(rate)), fresh.at());
    }

    /** What the store refuses now is offered again next time. */
    void save() {
        for (Map.Entry<Edge, RateRow> entry : Map.copyOf(unsaved).entrySet()) {
            try {
                store.saveRate(entry.getValue());
                unsaved.remove(entry.getKey(), entry.getValue());
            } catch (StoreException away) {
                if (!away.isAway()) {
                    LOG.warn("Rates are kept in memory only for now. {}", away.getMessage());
                }
                return;
            }
        }
    }

    void forget(NodeId node) {
        rows.keySet()
                .removeIf(edge -> edge.parent().equals(node) || edge.child().equals(node));
        unsaved.keySet()
                .removeIf(edge -> edge.parent().equals(node) || edge.child().equals(node));
    }

    List<RateRow> all() {
        return new ArrayList<>(rows.values());
    }
}
