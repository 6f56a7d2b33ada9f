package io.espalier.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.database.MariaDbServer;
import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@RequiresProgram(value = "mariadbd", debianPackage = "mariadb-server")
class MariaDbPoolTest extends ServerPoolContract {
    @Override
    DatabaseServer create() {
        return MariaDbServer.create();
    }

    /** It does not tell a stranger whether the database exists. */
    @Override
    String unknownDatabase() {
        return "user 'espalier' has no rights there";
    }

    @Override
    String tls(Path authority) {
        return "?sslMode=verify-full&serverSslCert=" + authority;
    }

    @Override
    boolean isEncrypted(Connection connection) throws SQLException {
        return !text(connection, "SHOW STATUS LIKE 'Ssl_cipher'", 2).isEmpty();
    }

    @Override
    void takeRights(String database) {
        server().sql(
                        "mysql",
                        "REVOKE ALL ON " + database + ".* FROM espalier@'127.0.0.1'; GRANT SELECT ON " + database
                                + ".* TO espalier@'127.0.0.1'");
    }

    @Test
    void understandsTheUrlsOfMySql() throws Exception {
        String url = server().url(server().newDatabase()).replace("jdbc:mariadb:", "jdbc:mysql:");
        try (DatabasePool pool = DatabasePool.open(at(url, server().user(), server().password()))) {
            insert(pool, "lamp");

            assertThat(names(pool)).isEqualTo("lamp");
        }
    }
}
