package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

/**
 * Where the database is and who asks there.
 *
 * @param url {@code jdbc:h2:}, {@code jdbc:postgresql:}, {@code jdbc:mariadb:} or {@code jdbc:mysql:}
 * @param user empty for none
 * @param password never shown
 */
public record DatabaseAccess(String url, String user, String password) {
    public DatabaseAccess {
        requireNonNull(url, "url is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
    }

    /** Without user and password, as an H2 file needs none. */
    public static DatabaseAccess to(String url) {
        return new DatabaseAccess(url, "", "");
    }

    /** Whether the database is a file of H2. */
    boolean isFile() {
        return url.startsWith("jdbc:h2:");
    }

    /** Without anything secret. */
    @Override
    public String toString() {
        return "DatabaseAccess[user=" + user + "]";
    }
}
