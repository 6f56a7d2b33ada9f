package io.espalier.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
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

    private static final int EMPTY_TRIES = 5;
    private static final Duration EMPTY_PAUSE = Duration.ofMillis(200);

    private SchemaUpdate() {}

    /** @throws DatabaseException when a newer release wrote the schema, or a migration fails */
    static void run(DatabaseKind kind, DatabaseSettings settings, DataSource source, DatabaseTrouble trouble)
            throws DatabaseException {
        ClassLoader loader = Flyway.class.getClassLoader();
        try {
            Flyway flyway = Flyway.configure(loader)
                    .dataSource(source)
                    .locations(new String[0])
                    .resourceProvider(new MigrationScripts(settings.besideScripts(), kind.folder(), settings.scripts()))
                    .javaMigrationClassProvider(List::of)
                    .lockRetryCount(LOCK_TRIES)
                    .loggers("slf4j")
                    .load();
            MigrationInfo[] applied = flyway.info().applied();
            refuseNewer(applied, settings, trouble);
            if (applied.length == 0 && kind.isServer()) {
                tryRights(source);
            }
            if (kind.isServer()) {
                migrate(flyway);
            } else {
                withoutInterrupts(settings.name(), () -> migrate(flyway));
            }
        } catch (SQLException refused) {
            throw trouble.migrating(refused);
        } catch (FlywayException failed) {
            throw trouble.migrating(failed);
        } finally {
            // Flyway keeps the last configuration in a static field; ours would keep the plug-in's class loader alive.
            LogFactory.setConfiguration(new ClassicConfiguration(loader));
        }
    }

    /**
     * On a thread of its own, for which the caller waits also when it is interrupted, as at the end of its start budget: H2 closes its
     * file under a thread that is interrupted, and half a migration can be neither finished nor taken back.
     */
    private static void withoutInterrupts(String name, Runnable work) {
        FutureTask<Object> task = new FutureTask<>(Executors.callable(work));
        new Thread(task, name + "-schema-update").start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    throw failed.getCause() instanceof FlywayException known
                            ? known
                            : new FlywayException("The update of the schema failed.", failed.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Another process may just try its rights, in a schema that has to be empty for Flyway's first migration. */
    private static void migrate(Flyway flyway) {
        for (int attempt = 1; ; attempt++) {
            try {
                flyway.migrate();
                return;
            } catch (FlywayException failed) {
                if (attempt == EMPTY_TRIES
                        || !String.valueOf(failed.getMessage()).contains("non-empty schema")) {
                    throw failed;
                }
                LockSupport.parkNanos(EMPTY_PAUSE.toNanos());
            }
        }
    }

    /** Flyway takes a schema from the future for one that is up to date. */
    private static void refuseNewer(MigrationInfo[] applied, DatabaseSettings settings, DatabaseTrouble trouble)
            throws DatabaseException {
        for (MigrationInfo one : applied) {
            if (one.getState().name().startsWith("FUTURE")) {
                throw trouble.newer(
                        String.valueOf(one.getVersion()), settings.scripts().size());
            }
        }
    }

    /** Flyway would try for ten seconds to make its first table where the user may make none. */
    private static void tryRights(DataSource source) throws SQLException {
        String table = "rights_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + table + " (id INTEGER)");
            statement.execute("DROP TABLE " + table);
        }
    }
}
