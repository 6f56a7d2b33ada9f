package io.espalier.database;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done in one transaction. It neither commits nor closes the connection, and does not keep it.
 *
 * @param <T> what it finds out
 */
@FunctionalInterface
public interface DatabaseWork<T> {
    T run(Connection connection) throws SQLException;
}
