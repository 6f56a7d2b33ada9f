package io.espalier.database;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.logging.LogFactory;

/** Brings a schema up to date. */
final class SchemaUpdate {
    /** Seconds that another process may take with its migrations. */
    private static final int LOCK_TRIES = 30;

    private SchemaUpdate() {}

    /** @throws DatabaseException when a newer release wrote the schema, or a migration fails */
    static void run(DatabaseKind kind, DatabaseSettings settings, DataSource source, DatabaseTrouble trouble)
            throws DatabaseException {
        ClassLoader loader = Flyway.class.getClassLoader();
        try {
            Flyway flyway = Flyway.configure(loader)
                    .dataSource(source)
                    .locations(new String[0])
                    .resourceProvider(
                            new MigrationScripts(settings.besideScripts(), kind.folder(), settings.scripts()))
                    .javaMigrationClassProvider(List::of)
                    .lockRetryCount(LOCK_TRIES)
                    .loggers("slf4j")
                    .load();
            refuseNewer(flyway, settings, trouble);
            flyway.migrate();
        } catch (FlywayException failed) {
            throw trouble.migrating(failed);
        } finally {
            // Flyway keeps the last configuration in a static field; ours would keep the plug-in's class loader alive.
            LogFactory.setConfiguration(new ClassicConfiguration(loader));
        }
    }

    /** Flyway takes a schema from the future for one that is up to date. */
    private static void refuseNewer(Flyway flyway, DatabaseSettings settings, DatabaseTrouble trouble)
            throws DatabaseException {
        for (MigrationInfo applied : flyway.info().applied()) {
            if (applied.getState().name().startsWith("FUTURE")) {
                throw trouble.newer(
                        String.valueOf(applied.getVersion()),
                        settings.scripts().size());
            }
        }
    }
}
