package io.espalier.database;

import java.util.Optional;

/** The databases that a pool speaks to. */
enum DatabaseKind {
    H2("H2", "jdbc:h2:", "h2"),
    POSTGRESQL("PostgreSQL", "jdbc:postgresql:", "postgresql"),
    /** MySQL too: MariaDB's driver speaks to both, in the same dialect. */
    MARIADB("MariaDB", "jdbc:mariadb:", "mariadb");

    private static final String MYSQL = "jdbc:mysql:";

    private final String title;
    private final String scheme;
    private final String folder;

    DatabaseKind(String title, String scheme, String folder) {
        this.title = title;
        this.scheme = scheme;
        this.folder = folder;
    }

    /** Whom a URL belongs to; empty when to none of them. */
    static Optional<DatabaseKind> of(String url) {
        for (DatabaseKind kind : values()) {
            if (url.startsWith(kind.scheme)) {
                return Optional.of(kind);
            }
        }
        return url.startsWith(MYSQL) ? Optional.of(MARIADB) : Optional.empty();
    }

    /** The URL as the driver wants it. */
    String forDriver(String url) {
        return url.startsWith(MYSQL) ? scheme + url.substring(MYSQL.length()) : url;
    }

    /** Where the parameters of a URL begin. */
    private char parametersFrom() {
        return this == H2 ? ';' : '?';
    }

    /** The URL without its parameters, as it may stand in logs. */
    String shown(String url) {
        int end = url.indexOf(parametersFrom());
        return end < 0 ? url : url.substring(0, end);
    }

    /** Whether the database is a server of its own, which may be away for a while. */
    boolean isServer() {
        return this != H2;
    }

    /** The folder of migrations that are in this dialect alone. */
    String folder() {
        return folder;
    }

    @Override
    public String toString() {
        return title;
    }
}
