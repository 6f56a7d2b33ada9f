package io.espalier.catalog.database;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.StreamStore;
import io.espalier.database.DatabaseException;
import io.espalier.database.DatabasePool;
import io.espalier.database.DatabaseWork;
import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Definitions as rows of {@code stream} and {@code stream_terminal}, in SQL that every database of the catalog speaks. */
public final class JdbcStreamStore implements StreamStore {
    private static final String INSERT = """
            INSERT INTO stream (version, topic, partitions, priority, delivery, record_format, max_record_bytes, description, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""";
    private static final String UPDATE = """
            UPDATE stream SET version = ?, topic = ?, partitions = ?, priority = ?, delivery = ?, record_format = ?,
            max_record_bytes = ?, description = ? WHERE id = ? AND version = ?""";

    private final DatabasePool pool;

    JdbcStreamStore(DatabasePool pool) {
        this.pool = requireNonNull(pool, "pool is null");
    }

    @Override
    public List<StreamDefinition> loadAll() throws CatalogException {
        return transaction("load the streams", connection -> {
            Map<String, List<String>> terminals = loadTerminals(connection);
            List<StreamDefinition> definitions = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM stream");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    definitions.add(read(row, terminals));
                }
            }
            return definitions;
        });
    }

    @Override
    public boolean insert(StreamDefinition definition) throws CatalogException {
        return transaction("store stream " + definition.id(), connection -> {
            if (exists(connection, definition.id())) {
                return false;
            }
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                bind(insert, definition);
                insert.executeUpdate();
            }
            insertTerminals(connection, definition);
            return true;
        });
    }

    @Override
    public boolean update(StreamDefinition definition) throws CatalogException {
        return transaction("store stream " + definition.id(), connection -> {
            try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                bind(update, definition);
                update.setLong(10, definition.version() - 1);
                if (update.executeUpdate() == 0) {
                    return false;
                }
            }
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM stream_terminal WHERE stream_id = ?")) {
                delete.setString(1, definition.id().toString());
                delete.executeUpdate();
            }
            insertTerminals(connection, definition);
            return true;
        });
    }

    @Override
    public boolean delete(StreamId id, long version) throws CatalogException {
        return transaction("delete stream " + id, connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM stream WHERE id = ? AND version = ?")) {
                delete.setString(1, id.toString());
                delete.setLong(2, version);
                return delete.executeUpdate() > 0;
            }
        });
    }

    private static Map<String, List<String>> loadTerminals(Connection connection) throws SQLException {
        Map<String, List<String>> terminals = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT stream_id, terminal FROM stream_terminal ORDER BY stream_id, place");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                terminals
                        .computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(row.getString(2));
            }
        }
        return terminals;
    }

    private static StreamDefinition read(ResultSet row, Map<String, List<String>> terminals) throws SQLException {
        String id = row.getString("id");
        return new StreamDefinition(
                StreamId.parse(id),
                row.getLong("version"),
                row.getString("topic"),
                row.getInt("partitions"),
                row.getInt("priority"),
                DeliveryClass.valueOf(row.getString("delivery").toUpperCase(Locale.ROOT)),
                row.getString("record_format"),
                terminals.getOrDefault(id, List.of()),
                row.getInt("max_record_bytes"),
                row.getString("description"));
    }

    private static void bind(PreparedStatement statement, StreamDefinition definition) throws SQLException {
        statement.setLong(1, definition.version());
        statement.setString(2, definition.topic());
        statement.setInt(3, definition.partitions());
        statement.setInt(4, definition.priority());
        statement.setString(5, definition.delivery().name().toLowerCase(Locale.ROOT));
        statement.setString(6, definition.format());
        statement.setInt(7, definition.maxRecordBytes());
        statement.setString(8, definition.description());
        statement.setString(9, definition.id().toString());
    }

    private static void insertTerminals(Connection connection, StreamDefinition definition) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO stream_terminal (stream_id, place, terminal) VALUES (?, ?, ?)")) {
            for (int place = 0; place < definition.terminals().size(); place++) {
                insert.setString(1, definition.id().toString());
                insert.setInt(2, place);
                insert.setString(3, definition.terminals().get(place));
                insert.executeUpdate();
            }
        }
    }

    private static boolean exists(Connection connection, StreamId id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM stream WHERE id = ?")) {
            select.setString(1, id.toString());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private <T> T transaction(String action, DatabaseWork<T> work) throws CatalogException {
        try {
            return pool.transaction(action, work);
        } catch (DatabaseException failed) {
            throw CatalogDatabase.failed(failed);
        }
    }
}
