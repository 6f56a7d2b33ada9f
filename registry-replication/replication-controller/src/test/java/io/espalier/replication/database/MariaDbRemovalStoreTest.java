package io.espalier.replication.database;

import io.espalier.testkit.database.DatabaseExtension;
import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;

@RequiresProgram(value = "mariadbd", debianPackage = "mariadb-server")
class MariaDbRemovalStoreTest extends JdbcRemovalStoreTest {
    @RegisterExtension
    static final DatabaseExtension MARIADB = DatabaseExtension.mariaDb();

    @Override
    DatabaseAccess newDatabase(Path in) {
        return Servers.newDatabase(MARIADB.server());
    }
}
