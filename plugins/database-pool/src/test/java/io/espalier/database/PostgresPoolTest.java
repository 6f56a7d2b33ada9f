package io.espalier.database;

import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.database.PostgresServer;
import io.espalier.testkit.program.RequiresProgram;

@RequiresProgram(value = "postgres", debianPackage = "postgresql")
class PostgresPoolTest extends ServerPoolContract {
    @Override
    DatabaseServer create() {
        return PostgresServer.create();
    }

    @Override
    String unknownDatabase() {
        return "there is no such database (FATAL: database \"nowhere\" does not exist)";
    }

    @Override
    void takeRights(String database) {
        server().sql("postgres", "ALTER DATABASE " + database + " OWNER TO postgres");
    }
}
