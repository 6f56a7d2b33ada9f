package io.espalier.catalog.database;

import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.CatalogException.Code;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Turns failures of the database into sentences. */
final class DatabaseTrouble {
    private DatabaseTrouble() {}

    static CatalogException opening(String url, SQLException cause) {
        String start = "Tried to open the catalog database " + url + " but ";
        return new CatalogException(Code.STORE_FAILED, start + reason(cause), cause);
    }

    private static String reason(SQLException cause) {
        return switch (cause.getErrorCode()) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                "another process has it open; stop that process, or give this one another data folder.";
            case ErrorCode.FILE_CORRUPTED_1, ErrorCode.FILE_VERSION_ERROR_1 ->
                "the file is damaged or of another H2 release (" + oneLine(cause)
                        + "); restore it from a backup, or move it away to start with an empty catalog.";
            case ErrorCode.WRONG_USER_OR_PASSWORD ->
                "it has a user and password of its own; use a file that the catalog made.";
            case ErrorCode.IO_EXCEPTION_1, ErrorCode.IO_EXCEPTION_2 ->
                "the file cannot be read or written (" + oneLine(cause)
                        + "); check the folder's owner, rights and free space, or restore the file from a backup.";
            default -> "H2 refused (" + oneLine(cause) + "); mend the url, or restore the file from a backup.";
        };
    }

    static CatalogException migrating(String url, FlywayException cause) {
        return new CatalogException(
                Code.STORE_FAILED,
                "Tried to bring the schema of the catalog database " + url + " up to date but it did not work ("
                        + oneLine(cause) + "); use the release that wrote the file last, or restore it from a backup.",
                cause);
    }

    static CatalogException using(String action, String url, SQLException cause) {
        return new CatalogException(
                Code.STORE_FAILED,
                "Tried to " + action + " but the catalog database " + url + " failed (" + oneLine(cause)
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
