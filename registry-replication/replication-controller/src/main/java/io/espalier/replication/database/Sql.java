package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.database.DatabaseException;
import io.espalier.database.DatabasePool;
import io.espalier.replication.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements in transactions. A transaction that lost a race against another one is run again from its beginning, since no
 * two databases agree on one statement that inserts or replaces.
 */
final class Sql {
    private static final int TRIES = 20;
    /** SQL states (ISO 9075) of a duplicate key and of a transaction that was rolled back in favour of another. */
    private static final List<String> LOST_RACES = List.of("23505", "23000", "40001", "40P01", "90131");

    private final DatabasePool pool;

    Sql(DatabasePool pool) {
        this.pool = requireNonNull(pool, "pool is null");
    }

    /** What a transaction does; it may run more than once. */
    @FunctionalInterface
    interface Work<T> {
        T run(Statements statements) throws SQLException;
    }

    /** Makes a row into a value. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Commits what the work did, or nothing.
     *
     * @param action what is tried, as in "store node a"
     */
    <T> T transaction(String action, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return pool.transaction(action, connection -> work.run(new Statements(connection)));
            } catch (DatabaseException failed) {
                if (attempt == TRIES || !hasLostRace(failed.getCause())) {
                    throw new StoreException(failed.sentence(), failed, failed.isAway());
                }
            }
        }
    }

    private static boolean hasLostRace(@Nullable Throwable cause) {
        return cause instanceof SQLException refused && LOST_RACES.contains(String.valueOf(refused.getSQLState()));
    }

    /** The statements of one transaction; parameters are texts, numbers and truth values. */
    static final class Statements {
        private final Connection connection;

        Statements(Connection connection) {
            this.connection = connection;
        }

        <T> List<T> list(String select, Row<T> row, @Nullable Object... parameters) throws SQLException {
            try (PreparedStatement statement = prepare(select, parameters);
                    ResultSet found = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (found.next()) {
                    rows.add(row.read(found));
                }
                return rows;
            }
        }

        <T> Optional<T> first(String select, Row<T> row, @Nullable Object... parameters) throws SQLException {
            return list(select, row, parameters).stream().findFirst();
        }

        int update(String change, @Nullable Object... parameters) throws SQLException {
            try (PreparedStatement statement = prepare(change, parameters)) {
                return statement.executeUpdate();
            }
        }

        /** Replaces the row, or inserts it where there is none; both take the same parameters in the same order. */
        void upsert(String update, String insert, @Nullable Object... parameters) throws SQLException {
            if (update(update, parameters) == 0) {
                update(insert, parameters);
            }
        }

        private PreparedStatement prepare(String text, @Nullable Object... parameters) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(text);
            try {
                for (int i = 0; i < parameters.length; i++) {
                    bind(statement, i + 1, parameters[i]);
                }
                return statement;
            } catch (SQLException | RuntimeException failed) {
                statement.close();
                throw failed;
            }
        }

        private static void bind(PreparedStatement statement, int place, @Nullable Object value) throws SQLException {
            if (value instanceof String text) {
                // A registry's words may have any character, but not every database has one for zero.
                statement.setString(place, text.replace('\0', '\uFFFD'));
            } else if (value instanceof Long number) {
                statement.setLong(place, number);
            } else if (value instanceof Integer number) {
                statement.setInt(place, number);
            } else if (value instanceof Boolean truth) {
                statement.setBoolean(place, truth);
            } else if (value instanceof Double number && !number.isNaN()) {
                statement.setDouble(place, number);
            } else if (value == null || value instanceof Double) {
                // Not every database has a NaN.
                statement.setNull(place, java.sql.Types.DOUBLE);
            } else {
                throw new IllegalArgumentException("A parameter cannot be a " + value.getClass() + ".");
            }
        }
    }
}
