package io.espalier.database;

import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Turns failures of the database into sentences. */
final class DatabaseTrouble {
    private final String name;
    private final String url;

    DatabaseTrouble(DatabaseSettings settings) {
        this.name = settings.name();
        this.url = settings.url();
    }

    DatabaseException notSpoken() {
        return new DatabaseException(
                "Tried to open the " + name + " database at " + url
                        + " but only H2 is supported; set url to jdbc:h2:file:PATH.",
                null);
    }

    DatabaseException opening(SQLException cause) {
        return new DatabaseException("Tried to open the " + name + " database " + url + " but " + reason(cause), cause);
    }

    private String reason(SQLException cause) {
        return switch (cause.getErrorCode()) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                "another process has it open; stop that process, or give this one another data folder.";
            case ErrorCode.FILE_CORRUPTED_1, ErrorCode.FILE_VERSION_ERROR_1 ->
                "the file is damaged or of another H2 release (" + oneLine(cause)
                        + "); restore it from a backup, or move it away to start with an empty " + name + ".";
            case ErrorCode.WRONG_USER_OR_PASSWORD ->
                "it has a user and password of its own; use a file that the " + name + " made.";
            case ErrorCode.IO_EXCEPTION_1, ErrorCode.IO_EXCEPTION_2 ->
                "the file cannot be read or written (" + oneLine(cause)
                        + "); check the folder's owner, rights and free space, or restore the file from a backup.";
            default -> "H2 refused (" + oneLine(cause) + "); mend the url, or restore the file from a backup.";
        };
    }

    DatabaseException migrating(FlywayException cause) {
        return new DatabaseException(
                "Tried to bring the schema of the " + name + " database " + url + " up to date but it did not work ("
                        + oneLine(cause) + "); use the release that wrote the file last, or restore it from a backup.",
                cause);
    }

    DatabaseException using(String action, SQLException cause) {
        return new DatabaseException(
                "Tried to " + action + " but the " + name + " database " + url + " failed (" + oneLine(cause)
                        + "); check its disk and try again.",
                cause);
    }

    private static String oneLine(Throwable cause) {
        @Nullable String message = cause.getMessage();
        return message == null
                ? cause.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }
}
