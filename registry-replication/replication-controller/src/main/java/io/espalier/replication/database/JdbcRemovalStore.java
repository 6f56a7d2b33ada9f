package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.database.Sql.Statements;
import io.espalier.replication.store.RemovalStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Removals and their parts as rows. */
public final class JdbcRemovalStore implements RemovalStore {
    private static final String UPDATE = """
            UPDATE removal SET repository = ?, tag = ?, digest = ?, generation = ?, state = ?, by_hand = ?, reason = ?,
            body = ?, seen_at = ?, changed_at = ? WHERE id = ?""";
    private static final String INSERT = """
            INSERT INTO removal (repository, tag, digest, generation, state, by_hand, reason, body, seen_at, changed_at,
            id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE_PART =
            "UPDATE removal_part SET outcome = ?, sentence = ?, tries = ?, answered_at = ? WHERE removal = ? AND node = ?";
    private static final String INSERT_PART =
            "INSERT INTO removal_part (outcome, sentence, tries, answered_at, removal, node) VALUES (?, ?, ?, ?, ?, ?)";
    private static final int MOST_SENTENCE = 2_000;

    private final Sql sql;

    JdbcRemovalStore(Sql sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    @Override
    public List<RemovalRow> open() {
        return sql.transaction(
                "list the removals",
                tx -> tx.list(
                        "SELECT * FROM removal WHERE state <> ? ORDER BY seen_at, id",
                        JdbcRemovalStore::read,
                        State.DONE.name()));
    }

    @Override
    public List<RemovalRow> done(int limit) {
        return sql.transaction(
                "list the removals that are done",
                tx -> tx.list(
                        "SELECT * FROM removal WHERE state = ? ORDER BY changed_at DESC, id DESC LIMIT ?",
                        JdbcRemovalStore::read,
                        State.DONE.name(),
                        limit));
    }

    @Override
    public void add(RemovalRow removal) {
        sql.transaction("store the new removal " + removal.id(), tx -> tx.update(INSERT, values(removal)));
    }

    @Override
    public void save(RemovalRow removal) {
        sql.transaction("store removal " + removal.id(), tx -> {
            write(tx, removal);
            return true;
        });
    }

    private static void write(Statements tx, RemovalRow row) throws SQLException {
        tx.upsert(UPDATE, INSERT, values(row));
    }

    private static Object[] values(RemovalRow row) {
        return new Object[] {
            row.repository(),
            row.tag(),
            row.digest(),
            row.generation(),
            row.state().name(),
            row.byHand(),
            cut(row.reason()),
            row.body(),
            row.seen().toEpochMilli(),
            row.changed().toEpochMilli(),
            row.id()
        };
    }

    @Override
    public void forget(String id) {
        sql.transaction("forget removal " + id, tx -> tx.update("DELETE FROM removal WHERE id = ?", id));
    }

    @Override
    public Optional<RemovalRow> order(RemovalRow removal, List<NodeId> nodes, Instant now, LongFunction<String> body) {
        return sql.transaction("order removal " + removal.id(), tx -> {
            // Locked, so that changes of one tag come one after another.
            Optional<Long> before = tx.first(
                    "SELECT generation FROM image WHERE repository = ? AND tag = ? AND digest = ? FOR UPDATE",
                    row -> row.getLong(1),
                    removal.repository(),
                    removal.tag(),
                    removal.digest());
            if (before.isEmpty()) {
                return Optional.empty();
            }
            long generation = Math.max(before.get() + 1, now.toEpochMilli());
            // No image has an empty digest, so the next change of the tag makes a transfer whatever it is.
            tx.update(
                    "UPDATE image SET generation = ?, digest = '' WHERE repository = ? AND tag = ?",
                    generation,
                    removal.repository(),
                    removal.tag());
            tx.update(
                    "UPDATE transfer SET superseded = ? WHERE repository = ? AND tag = ? AND superseded = ?",
                    true,
                    removal.repository(),
                    removal.tag(),
                    false);
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
                    Instant.ofEpochMilli(now.toEpochMilli()));
            write(tx, ordered);
            for (NodeId node : nodes) {
                write(tx, new RemovalPart(removal.id(), node, "", "", 0, now));
            }
            return Optional.of(ordered);
        });
    }

    @Override
    public void save(RemovalPart part) {
        sql.transaction("store a part of removal " + part.removal(), tx -> {
            if (tx.first("SELECT id FROM removal WHERE id = ?", row -> true, part.removal())
                    .isPresent()) {
                write(tx, part);
            }
            return true;
        });
    }

    private static void write(Statements tx, RemovalPart part) throws SQLException {
        tx.upsert(
                UPDATE_PART,
                INSERT_PART,
                part.outcome(),
                cut(part.sentence()),
                part.tries(),
                part.at().toEpochMilli(),
                part.removal(),
                part.node().value());
    }

    private static String cut(String sentence) {
        return sentence.length() <= MOST_SENTENCE ? sentence : sentence.substring(0, MOST_SENTENCE);
    }

    @Override
    public List<RemovalPart> parts(String removal) {
        return sql.transaction(
                "list the parts of removal " + removal,
                tx -> tx.list(
                        "SELECT * FROM removal_part WHERE removal = ? ORDER BY node",
                        JdbcRemovalStore::readPart,
                        removal));
    }

    @Override
    public List<RemovalPart> openParts() {
        return sql.transaction(
                "list the parts of removals",
                tx -> tx.list(
                        "SELECT p.* FROM removal_part p JOIN removal r ON r.id = p.removal"
                                + " WHERE r.state <> ? ORDER BY p.removal, p.node",
                        JdbcRemovalStore::readPart,
                        State.DONE.name()));
    }

    @Override
    public void forget(NodeId node) {
        sql.transaction(
                "forget the removals of node " + node,
                tx -> tx.update("DELETE FROM removal_part WHERE node = ?", node.value()));
    }

    @Override
    public long newestGeneration() {
        return sql.transaction("look for the newest removal", tx -> tx.first(
                        "SELECT MAX(generation) FROM removal", row -> row.getLong(1))
                .orElse(0L));
    }

    @Override
    public int prune(Instant before) {
        return sql.transaction(
                "forget old removals",
                tx -> tx.update(
                        "DELETE FROM removal WHERE state = ? AND changed_at < ?",
                        State.DONE.name(),
                        before.toEpochMilli()));
    }

    private static RemovalRow read(ResultSet row) throws SQLException {
        return new RemovalRow(
                row.getString("id"),
                row.getString("repository"),
                row.getString("tag"),
                row.getString("digest"),
                row.getLong("generation"),
                State.valueOf(row.getString("state")),
                row.getBoolean("by_hand"),
                row.getString("reason"),
                row.getString("body"),
                Instant.ofEpochMilli(row.getLong("seen_at")),
                Instant.ofEpochMilli(row.getLong("changed_at")));
    }

    private static RemovalPart readPart(ResultSet row) throws SQLException {
        return new RemovalPart(
                row.getString("removal"),
                new NodeId(row.getString("node")),
                row.getString("outcome"),
                row.getString("sentence"),
                row.getInt("tries"),
                Instant.ofEpochMilli(row.getLong("answered_at")));
    }
}
