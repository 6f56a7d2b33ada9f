package io.espalier.replication.database;

import io.espalier.testkit.database.DatabaseServer;

/** Databases of servers. */
final class Servers {
    private Servers() {}

    static DatabaseAccess newDatabase(DatabaseServer server) {
        return new DatabaseAccess(server.url(server.newDatabase()), server.user(), server.password());
    }
}
