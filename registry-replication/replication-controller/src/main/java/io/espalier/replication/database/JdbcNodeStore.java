package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.NodeStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Members, tokens and certificates as rows. */
public final class JdbcNodeStore implements NodeStore {
    private static final String UPDATE = """
            UPDATE node SET host = ?, port = ?, registry = ?, site = ?, master = ?, serial_number = ?, joined_at = ?,
            last_seen = ?, remote_address = ? WHERE id = ?""";
    private static final String INSERT = """
            INSERT INTO node (host, port, registry, site, master, serial_number, joined_at, last_seen, remote_address, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final Sql sql;

    JdbcNodeStore(Sql sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    @Override
    public List<NodeRow> nodes() {
        return sql.transaction(
                "list the nodes", tx -> tx.list("SELECT * FROM node ORDER BY master DESC, id", JdbcNodeStore::read));
    }

    @Override
    public Optional<NodeRow> node(NodeId id) {
        return sql.transaction(
                "find node " + id, tx -> tx.first("SELECT * FROM node WHERE id = ?", JdbcNodeStore::read, id.value()));
    }

    @Override
    public void save(NodeRow node) {
        sql.transaction("store node " + node.id(), tx -> {
            tx.upsert(
                    UPDATE,
                    INSERT,
                    node.host(),
                    node.port(),
                    node.registry(),
                    node.site(),
                    node.master(),
                    node.serial(),
                    node.joined().toEpochMilli(),
                    node.lastSeen().toEpochMilli(),
                    node.remoteAddress(),
                    node.id().value());
            return true;
        });
    }

    /** What the node has of transfers in force is forgotten too, so that it gets them again when it comes back. */
    @Override
    public List<String> remove(NodeId id, Instant now) {
        String node = id.value();
        return sql.transaction("remove node " + id, tx -> {
            tx.update("DELETE FROM node WHERE id = ?", node);
            tx.update("DELETE FROM measurement WHERE from_node = ? OR to_node = ?", node, node);
            tx.update("DELETE FROM edge_rate WHERE parent = ? OR child = ?", node, node);
            tx.update(
                    "DELETE FROM transfer_part WHERE node = ? AND transfer IN"
                            + " (SELECT id FROM transfer WHERE superseded = ?)",
                    node,
                    false);
            tx.update("UPDATE certificate SET revoked = ? WHERE node = ?", true, node);
            return revoked(tx, now);
        });
    }

    @Override
    public void saveToken(TokenRow token) {
        sql.transaction("store a join token", tx -> {
            tx.upsert(
                    "UPDATE join_token SET expires_at = ?, uses = ? WHERE sha256 = ?",
                    "INSERT INTO join_token (expires_at, uses, sha256) VALUES (?, ?, ?)",
                    token.expires().toEpochMilli(),
                    token.uses(),
                    token.sha256());
            return true;
        });
    }

    @Override
    public boolean hasToken(String sha256, Instant now) {
        return sql.transaction("look for a join token", tx -> tx.first(
                        "SELECT sha256 FROM join_token WHERE sha256 = ? AND uses > 0 AND expires_at > ?",
                        row -> true,
                        sha256,
                        now.toEpochMilli())
                .isPresent());
    }

    @Override
    public boolean useToken(String sha256, Instant now) {
        return sql.transaction(
                "use a join token",
                tx -> tx.update(
                                "UPDATE join_token SET uses = uses - 1 WHERE sha256 = ? AND uses > 0 AND expires_at > ?",
                                sha256,
                                now.toEpochMilli())
                        > 0);
    }

    @Override
    public void removeTokens() {
        sql.transaction("remove the join tokens", tx -> tx.update("DELETE FROM join_token"));
    }

    @Override
    public void issued(NodeId node, String serial, Instant expires) {
        sql.transaction("note a certificate of node " + node, tx -> {
            tx.upsert(
                    "UPDATE certificate SET node = ?, expires_at = ?, revoked = ? WHERE serial_number = ?",
                    "INSERT INTO certificate (node, expires_at, revoked, serial_number) VALUES (?, ?, ?, ?)",
                    node.value(),
                    expires.toEpochMilli(),
                    false,
                    serial);
            return true;
        });
    }

    @Override
    public List<String> revoked(Instant now) {
        return sql.transaction("list the revoked certificates", tx -> revoked(tx, now));
    }

    private static List<String> revoked(Sql.Statements tx, Instant now) throws SQLException {
        return tx.list(
                "SELECT serial_number FROM certificate WHERE revoked = ? AND expires_at > ? ORDER BY serial_number",
                row -> row.getString(1),
                true,
                now.toEpochMilli());
    }

    /** Removes tokens and certificates that can no longer be used. */
    void forgetExpired(Instant now) {
        sql.transaction("forget what has expired", tx -> {
            tx.update("DELETE FROM join_token WHERE expires_at <= ? OR uses <= 0", now.toEpochMilli());
            tx.update("DELETE FROM certificate WHERE expires_at <= ?", now.toEpochMilli());
            return true;
        });
    }

    private static NodeRow read(ResultSet row) throws SQLException {
        return new NodeRow(
                new NodeId(row.getString("id")),
                row.getString("host"),
                row.getInt("port"),
                row.getString("registry"),
                row.getString("site"),
                row.getBoolean("master"),
                row.getString("serial_number"),
                Instant.ofEpochMilli(row.getLong("joined_at")),
                Instant.ofEpochMilli(row.getLong("last_seen")),
                row.getString("remote_address"));
    }
}
