package io.espalier.database;

import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.database.PostgresServer;
import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

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
    String tls(Path authority) {
        return "?sslmode=verify-full&sslrootcert=" + authority;
    }

    @Override
    boolean isEncrypted(Connection connection) throws SQLException {
        return text(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", 1)
                .equals("t");
    }

    @Override
    void takeRights(String database) {
        server().sql("postgres", "ALTER DATABASE " + database + " OWNER TO postgres");
    }
}
