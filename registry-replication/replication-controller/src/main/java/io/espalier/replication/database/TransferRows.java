package io.espalier.replication.database;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.database.Sql.Statements;
import io.espalier.replication.store.TransferStore.ImageRow;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** How images, transfers and parts stand in their tables. */
final class TransferRows {
    private static final String UPDATE_PART = """
            UPDATE transfer_part SET state = ?, bytes = ?, bytes_there = ?, bytes_received = ?, bytes_twice = ?,
            bytes_per_second = ?, parent = ?, retries = ?, problem = ?, millis = ?, reported_at = ?
            WHERE transfer = ? AND node = ?""";
    private static final String INSERT_PART = """
            INSERT INTO transfer_part (state, bytes, bytes_there, bytes_received, bytes_twice, bytes_per_second, parent,
            retries, problem, millis, reported_at, transfer, node) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private TransferRows() {}

    static void savePart(Statements tx, PartRow part) throws SQLException {
        TransferReport report = part.report();
        tx.upsert(
                UPDATE_PART,
                INSERT_PART,
                report.state().name(),
                report.bytes(),
                report.bytesThere(),
                report.bytesReceived(),
                report.bytesTwice(),
                report.bytesPerSecond(),
                report.parent(),
                report.retries(),
                report.problem(),
                report.millis(),
                part.at().toEpochMilli(),
                part.transfer(),
                part.node().value());
    }

    static ImageRow readImage(ResultSet row) throws SQLException {
        return new ImageRow(
                row.getString("repository"),
                row.getString("tag"),
                row.getString("digest"),
                row.getLong("generation"),
                Instant.ofEpochMilli(row.getLong("seen_at")));
    }

    static TransferRow readTransfer(ResultSet row) throws SQLException {
        return readTransfer(row, row.getString("body"));
    }

    /** Of a list that leaves out the bodies. */
    static TransferRow readListed(ResultSet row) throws SQLException {
        return readTransfer(row, "");
    }

    private static TransferRow readTransfer(ResultSet row, String body) throws SQLException {
        return new TransferRow(
                row.getString("id"),
                row.getString("repository"),
                row.getString("tag"),
                row.getString("digest"),
                row.getLong("generation"),
                row.getLong("bytes"),
                body,
                Instant.ofEpochMilli(row.getLong("created_at")),
                row.getBoolean("superseded"));
    }

    static PartRow readPart(ResultSet row) throws SQLException {
        String transfer = row.getString("transfer");
        return new PartRow(
                transfer,
                new NodeId(row.getString("node")),
                new TransferReport(
                        transfer,
                        TransferState.valueOf(row.getString("state")),
                        row.getLong("bytes"),
                        row.getLong("bytes_there"),
                        row.getLong("bytes_received"),
                        row.getLong("bytes_twice"),
                        row.getLong("bytes_per_second"),
                        row.getString("parent"),
                        row.getInt("retries"),
                        row.getString("problem"),
                        row.getLong("millis")),
                Instant.ofEpochMilli(row.getLong("reported_at")));
    }
}
