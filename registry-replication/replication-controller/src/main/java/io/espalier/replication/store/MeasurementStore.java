package io.espalier.replication.store;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Measurements and plans. Thread-safe, blocking; every method throws {@link StoreException}. */
public interface MeasurementStore {
    /**
     * The newest measurement of a pair in a mode.
     *
     * @param millis as {@code from} measured it towards {@code to}
     * @param bytesPerSecond from {@code to} to {@code from}; 0 when not measured
     */
    record MeasurementRow(
            NodeId from,
            NodeId to,
            MeasureMode mode,
            double millis,
            double jitterMillis,
            long bytesPerSecond,
            Instant at) {}

    /** The rate of real transfers over an edge, smoothed. */
    record RateRow(NodeId parent, NodeId child, long bytesPerSecond, Instant at) {}

    /**
     * A plan in force.
     *
     * @param name for which kind of transfers it is, as a size class
     * @param body as the planning code writes and reads it
     */
    record PlanRow(String name, String body, Instant at) {}

    List<MeasurementRow> measurements();

    /** Inserts or replaces by (from, to, mode). */
    void save(List<MeasurementRow> rows);

    List<RateRow> rates();

    /** Inserts or replaces by (parent, child). */
    void saveRate(RateRow rate);

    Optional<PlanRow> plan(String name);

    void savePlan(PlanRow plan);
}
