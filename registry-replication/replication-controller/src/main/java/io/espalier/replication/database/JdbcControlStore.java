package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.database.Sql.Row;
import io.espalier.replication.store.ControlStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rules and requests as rows. */
public final class JdbcControlStore implements ControlStore {
    private static final Row<RequestRow> REQUEST = JdbcControlStore::readRequest;
    private static final String NEWEST = " ORDER BY asked_at DESC, id DESC LIMIT ?";

    private final Sql sql;

    JdbcControlStore(Sql sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    @Override
    public List<RuleRow> rules() {
        return sql.transaction(
                "list the rules of control",
                tx -> tx.list("SELECT * FROM control_rule ORDER BY made_at, id", JdbcControlStore::readRule));
    }

    @Override
    public void save(RuleRow rule) {
        sql.transaction("store rule " + rule.id(), tx -> {
            tx.upsert(
                    "UPDATE control_rule SET node = ?, actions = ?, target = ?, repositories = ?, made_at = ? WHERE id = ?",
                    "INSERT INTO control_rule (node, actions, target, repositories, made_at, id) VALUES (?, ?, ?, ?, ?, ?)",
                    rule.node(),
                    rule.actions(),
                    rule.target(),
                    rule.repositories(),
                    rule.made().toEpochMilli(),
                    rule.id());
            return true;
        });
    }

    @Override
    public boolean removeRule(String id) {
        return sql.transaction("remove rule " + id, tx -> tx.update("DELETE FROM control_rule WHERE id = ?", id) > 0);
    }

    @Override
    public void note(RequestRow request) {
        sql.transaction(
                "note a request of node " + request.node(),
                tx -> tx.update(
                        "INSERT INTO control_request (id, asked_at, node, wanted, target, subject, granted, reason,"
                                + " outcome, answer, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        request.id(),
                        request.asked().toEpochMilli(),
                        request.node(),
                        request.action(),
                        request.target(),
                        request.subject(),
                        request.granted(),
                        request.reason(),
                        request.outcome(),
                        request.answer(),
                        request.answered().map(Instant::toEpochMilli).orElse(0L)));
    }

    @Override
    public Optional<RequestRow> request(String id) {
        return sql.transaction(
                "find a request", tx -> tx.first("SELECT * FROM control_request WHERE id = ?", REQUEST, id));
    }

    @Override
    public boolean answered(String id, NodeId target, String outcome, String answer, Instant at) {
        return sql.transaction(
                "note the answer of node " + target,
                tx -> tx.update(
                                "UPDATE control_request SET outcome = ?, answer = ?, answered_at = ?"
                                        + " WHERE id = ? AND target = ? AND granted = ? AND answered_at = 0",
                                outcome,
                                answer,
                                at.toEpochMilli(),
                                id,
                                target.value(),
                                true)
                        > 0);
    }

    @Override
    public List<RequestRow> requests(Optional<NodeId> node, int limit) {
        return sql.transaction(
                "list requests",
                tx -> node.isEmpty()
                        ? tx.list("SELECT * FROM control_request" + NEWEST, REQUEST, limit)
                        : tx.list(
                                "SELECT * FROM control_request WHERE node = ?" + NEWEST,
                                REQUEST,
                                node.get().value(),
                                limit));
    }

    @Override
    public int prune(Instant before, int keep) {
        return sql.transaction("forget old requests", tx -> {
            int gone = tx.update("DELETE FROM control_request WHERE asked_at < ?", before.toEpochMilli());
            Optional<Long> oldest = tx.first(
                    "SELECT asked_at FROM control_request ORDER BY asked_at DESC, id DESC LIMIT 1 OFFSET ?",
                    row -> row.getLong(1),
                    keep);
            return oldest.isEmpty()
                    ? gone
                    : gone + tx.update("DELETE FROM control_request WHERE asked_at <= ?", oldest.get());
        });
    }

    private static RuleRow readRule(ResultSet row) throws SQLException {
        return new RuleRow(
                row.getString("id"),
                row.getString("node"),
                row.getString("actions"),
                row.getString("target"),
                row.getString("repositories"),
                Instant.ofEpochMilli(row.getLong("made_at")));
    }

    private static RequestRow readRequest(ResultSet row) throws SQLException {
        long answered = row.getLong("answered_at");
        return new RequestRow(
                row.getString("id"),
                Instant.ofEpochMilli(row.getLong("asked_at")),
                row.getString("node"),
                row.getString("wanted"),
                row.getString("target"),
                row.getString("subject"),
                row.getBoolean("granted"),
                row.getString("reason"),
                row.getString("outcome"),
                row.getString("answer"),
                answered == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(answered)));
    }
}
