package io.espalier.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.h2.api.ErrorCode;

/** Remembers that H2's file could not be used when that was tried last, as on a full disk, until something is written. Thread-safe. */
final class FileWrites {
    /** What is wrong with a statement or with rows is the caller's. */
    private static final Set<Integer> OF_THE_FILE = Set.of(
            ErrorCode.GENERAL_ERROR_1,
            ErrorCode.IO_EXCEPTION_1,
            ErrorCode.IO_EXCEPTION_2,
            ErrorCode.FILE_CORRUPTED_1,
            ErrorCode.CONNECTION_BROKEN_1,
            ErrorCode.DATABASE_IS_READ_ONLY,
            ErrorCode.DATABASE_IS_CLOSED);

    private static final int MOST_CAUSES = 10;
    private static final String HAS_WRITTEN =
            "SELECT CONTAINS_UNCOMMITTED FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID = SESSION_ID()";

    private volatile String problem = "";

    /** Answers whether it is the file's trouble; then H2 has closed the database, and connections that are open are of no use. */
    boolean failed(SQLException failure, String sentence) {
        boolean ofTheFile = isOfTheFile(failure);
        if (ofTheFile) {
            problem = sentence;
        }
        return ofTheFile;
    }

    private static boolean isOfTheFile(SQLException failure) {
        Throwable cause = failure;
        // H2's causes may go in circles.
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof SQLException one && OF_THE_FILE.contains(one.getErrorCode())) {
                return true;
            }
        }
        return false;
    }

    /** Before a commit: whether it would prove that the file can be written. A full disk lets reading go on. */
    boolean proves(Connection connection) throws SQLException {
        if (problem.isEmpty()) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HAS_WRITTEN)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** What was written is in the file. */
    void written() {
        problem = "";
    }

    /** Why nothing can be written, as a sentence; empty when it can. */
    Optional<String> problem() {
        String known = problem;
        return known.isEmpty() ? Optional.empty() : Optional.of(known);
    }
}
