package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Measurements, rates and plans as rows. */
public final class JdbcMeasurementStore implements MeasurementStore {
    private static final String UPDATE = """
            UPDATE measurement SET millis = ?, jitter_millis = ?, bytes_per_second = ?, measured_at = ?
            WHERE from_node = ? AND to_node = ? AND measure_mode = ?""";
    private static final String INSERT = """
            INSERT INTO measurement (millis, jitter_millis, bytes_per_second, measured_at, from_node, to_node, measure_mode)
            VALUES (?, ?, ?, ?, ?, ?, ?)""";

    private final Sql sql;

    JdbcMeasurementStore(Sql sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    @Override
    public List<MeasurementRow> measurements() {
        return sql.transaction(
                "list the measurements",
                tx -> tx.list(
                        "SELECT * FROM measurement ORDER BY from_node, to_node, measure_mode",
                        JdbcMeasurementStore::readMeasurement));
    }

    @Override
    public void save(List<MeasurementRow> rows) {
        sql.transaction("store " + rows.size() + " measurements", tx -> {
            for (MeasurementRow row : rows) {
                tx.upsert(
                        UPDATE,
                        INSERT,
                        row.millis(),
                        row.jitterMillis(),
                        row.bytesPerSecond(),
                        row.at().toEpochMilli(),
                        row.from().value(),
                        row.to().value(),
                        row.mode().name());
            }
            return true;
        });
    }

    @Override
    public List<RateRow> rates() {
        return sql.transaction(
                "list the rates",
                tx -> tx.list("SELECT * FROM edge_rate ORDER BY parent, child", JdbcMeasurementStore::readRate));
    }

    @Override
    public void saveRate(RateRow rate) {
        sql.transaction("store the rate from " + rate.parent() + " to " + rate.child(), tx -> {
            tx.upsert(
                    "UPDATE edge_rate SET bytes_per_second = ?, seen_at = ? WHERE parent = ? AND child = ?",
                    "INSERT INTO edge_rate (bytes_per_second, seen_at, parent, child) VALUES (?, ?, ?, ?)",
                    rate.bytesPerSecond(),
                    rate.at().toEpochMilli(),
                    rate.parent().value(),
                    rate.child().value());
            return true;
        });
    }

    @Override
    public Optional<PlanRow> plan(String name) {
        return sql.transaction(
                "read plan " + name,
                tx -> tx.first("SELECT * FROM tree_plan WHERE name = ?", JdbcMeasurementStore::readPlan, name));
    }

    @Override
    public void savePlan(PlanRow plan) {
        sql.transaction("store plan " + plan.name(), tx -> {
            tx.upsert(
                    "UPDATE tree_plan SET body = ?, made_at = ? WHERE name = ?",
                    "INSERT INTO tree_plan (body, made_at, name) VALUES (?, ?, ?)",
                    plan.body(),
                    plan.at().toEpochMilli(),
                    plan.name());
            return true;
        });
    }

    private static MeasurementRow readMeasurement(ResultSet row) throws SQLException {
        return new MeasurementRow(
                new NodeId(row.getString("from_node")),
                new NodeId(row.getString("to_node")),
                MeasureMode.valueOf(row.getString("measure_mode")),
                number(row, "millis"),
                number(row, "jitter_millis"),
                row.getLong("bytes_per_second"),
                Instant.ofEpochMilli(row.getLong("measured_at")));
    }

    private static double number(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Double.NaN : value;
    }

    private static RateRow readRate(ResultSet row) throws SQLException {
        return new RateRow(
                new NodeId(row.getString("parent")),
                new NodeId(row.getString("child")),
                row.getLong("bytes_per_second"),
                Instant.ofEpochMilli(row.getLong("seen_at")));
    }

    private static PlanRow readPlan(ResultSet row) throws SQLException {
        return new PlanRow(row.getString("name"), row.getString("body"), Instant.ofEpochMilli(row.getLong("made_at")));
    }
}
