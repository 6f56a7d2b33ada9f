package io.espalier.database;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Turns failures of the database into sentences; neither password nor parameters of the URL are in them. */
final class DatabaseTrouble {
    private final DatabaseSettings settings;
    private final String name;
    private final String url;

    DatabaseTrouble(DatabaseSettings settings) {
        this.settings = settings;
        this.name = settings.name();
        this.url = DatabaseKind.of(settings.url())
                .map(kind -> kind.shown(settings.url()))
                .orElse("of an unknown kind");
    }

    /** What and where, as it stands in the middle of a sentence. */
    String database() {
        return name + " database " + url;
    }

    DatabaseException notSpoken() {
        return new DatabaseException(
                "Tried to open the " + name + " database but its url begins with none of jdbc:h2:, jdbc:postgresql:,"
                        + " jdbc:mariadb: and jdbc:mysql:; set url to one of those, as jdbc:h2:file:PATH.",
                null);
    }

    DatabaseException openSecret() {
        return new DatabaseException(
                "Tried to open the " + database() + " but its url has a user or password in it, where it could be seen;"
                        + " set them as user and password instead.",
                null);
    }

    DatabaseException noDriver(NoClassDefFoundError cause) {
        return new DatabaseException(
                "Tried to open the " + database() + " but its driver is not installed; add the bundle "
                        + (url.startsWith("jdbc:postgresql:") ? "postgresql" : "mariadb-java-client") + " of the"
                        + " distribution.",
                cause);
    }

    DatabaseException opening(SQLException cause) {
        boolean away = isServer() && Outage.isIt(cause);
        return new DatabaseException("Tried to open the " + database() + " but " + refusal(cause), cause, away);
    }

    private boolean isServer() {
        return DatabaseKind.of(settings.url()).filter(DatabaseKind::isServer).isPresent();
    }

    private String refusal(SQLException cause) {
        if (!isServer()) {
            return fileRefusal(cause);
        }
        return knownRefusal(cause)
                .orElseGet(() -> Outage.isIt(cause)
                        ? "the server does not answer (" + reason(cause)
                                + "); start it, or mend host and port in the url."
                        : "the server refused (" + oneLine(cause) + "); mend url, user or password.");
    }

    private Optional<String> knownRefusal(SQLException cause) {
        String user = "user '" + settings.user() + "'";
        if (has(cause, UnknownHostException.class)) {
            return Optional.of("its host is not known (" + oneLine(cause) + "); mend the url, or the name service.");
        }
        if (Outage.isDistrusted(cause)) {
            return Optional.of("its certificate is not trusted (" + oneLine(cause)
                    + "); mend the TLS parameters of the url, or the server's certificate.");
        }
        return Optional.ofNullable(
                switch (String.valueOf(cause.getSQLState()) + " " + cause.getErrorCode()) {
                    case "28P01 0", "28000 1045", "28000 1698" ->
                        "the server does not let " + user + " in with this password (" + oneLine(cause)
                                + "); mend user or password.";
                    case "28000 0", "HY000 1130" ->
                        "the server does not let " + user + " in from this machine (" + oneLine(cause)
                                + "); let it in there, as in pg_hba.conf or by CREATE USER.";
                    case "3D000 0", "42000 1049" ->
                        "there is no such database (" + oneLine(cause) + "); create it there, or mend the url.";
                    case "42501 0", "42000 1044" ->
                        user + " has no rights there (" + oneLine(cause) + "); grant it all rights on the database.";
                    default -> null;
                });
    }

    private String fileRefusal(SQLException cause) {
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

    DatabaseException migrating(Exception cause) {
        SQLException refused = find(cause, SQLException.class);
        String tried = "Tried to bring the schema of the " + database() + " up to date but ";
        if (refused != null && isServer()) {
            if (Outage.isIt(refused)) {
                return new DatabaseException(
                        tried + "the server does not answer any more (" + oneLine(refused) + "); it is tried again.",
                        cause,
                        true);
            }
            Optional<String> missing = missingRights(refused);
            if (missing.isPresent()) {
                return new DatabaseException(tried + missing.get(), cause);
            }
        }
        return new DatabaseException(
                tried + "it did not work (" + oneLine(cause)
                        + "); use the release that wrote the database last, or restore it from a backup.",
                cause);
    }

    private Optional<String> missingRights(SQLException cause) {
        boolean missing = "42501".equals(cause.getSQLState())
                || switch (cause.getErrorCode()) {
                    case 1044, 1142, 1143, 1227, 1370 -> true;
                    default -> false;
                };
        return missing
                ? Optional.of("user '" + settings.user() + "' may not do that (" + oneLine(cause)
                        + "); make it the owner of the database, or grant it all rights on it.")
                : Optional.empty();
    }

    /** @param version of the schema that a newer release has made */
    DatabaseException newer(String version, int known) {
        return new DatabaseException(
                "Tried to open the " + database() + " but a newer release has brought its schema to version " + version
                        + ", and this one knows versions up to " + known
                        + "; use the newer release, or restore a backup from before.",
                null);
    }

    DatabaseException using(String action, SQLException cause) {
        return new DatabaseException(
                "Tried to " + action + " but the " + database() + " failed (" + oneLine(cause) + "); "
                        + missingRights(cause)
                                .orElse(isServer() ? "look into the server's log." : "check its disk and try again."),
                cause);
    }

    /** @param reason why the server is taken to be away */
    DatabaseException away(String action, String reason, @Nullable SQLException cause) {
        return new DatabaseException(
                "Tried to " + action + " but the " + database() + " does not answer (" + reason
                        + "); start it, or try again once it is back.",
                cause,
                true);
    }

    /** Why a server is taken to be away. */
    String reason(SQLException cause) {
        return Outage.hasTimedOut(cause) ? "no answer in time" : oneLine(cause);
    }

    /** A failure in one line, without the password. */
    String oneLine(Throwable cause) {
        @Nullable String message = cause.getMessage();
        String line = message == null
                ? cause.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
        String password = settings.password();
        return password.isEmpty() ? line : line.replace(password, "***");
    }

    private static boolean has(Throwable failed, Class<? extends Throwable> type) {
        return find(failed, type) != null;
    }

    private static <T extends Throwable> @Nullable T find(Throwable failed, Class<T> type) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
