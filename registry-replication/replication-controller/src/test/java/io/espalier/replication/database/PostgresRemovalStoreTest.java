package io.espalier.replication.database;

import io.espalier.testkit.database.DatabaseExtension;
import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;

@RequiresProgram(value = "postgres", debianPackage = "postgresql")
class PostgresRemovalStoreTest extends JdbcRemovalStoreTest {
    @RegisterExtension
    static final DatabaseExtension POSTGRES = DatabaseExtension.postgres();

    @Override
    DatabaseAccess newDatabase(Path in) {
        return Servers.newDatabase(POSTGRES.server());
    }
}
