package io.espalier.database;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.logging.LogFactory;
import org.h2.jdbcx.JdbcDataSource;

/**
 * An open H2 database with an up-to-date schema and four connections. What a transaction committed is on disk when it returns
 * and is there after a kill. Safe for use by several threads; closing it releases the file and ends its threads.
 */
public final class DatabasePool implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final long CONNECT_MILLIS = 5_000;

    private final DatabaseTrouble trouble;
    private final HikariDataSource pool;

    private DatabasePool(DatabaseTrouble trouble, HikariDataSource pool) {
        this.trouble = trouble;
        this.pool = pool;
    }

    /**
     * Opens or creates the database and runs the migrations that it lacks.
     *
     * @throws DatabaseException if the file is locked, damaged or of a newer release; nothing stays open then
     */
    public static DatabasePool open(DatabaseSettings settings) throws DatabaseException {
        requireNonNull(settings, "settings is null");
        DatabaseTrouble trouble = new DatabaseTrouble(settings);
        if (!settings.url().startsWith("jdbc:h2:")) {
            throw trouble.notSpoken();
        }
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(durable(settings.url()));
        // A direct connection first: the pool would hide the reason behind its own time-out.
        try {
            source.getConnection().close();
        } catch (SQLException unusable) {
            throw trouble.opening(unusable);
        }
        HikariDataSource pool = new HikariDataSource(pooled(settings, source));
        try {
            migrate(settings, pool);
            return new DatabasePool(trouble, pool);
        } catch (FlywayException unusable) {
            pool.close();
            throw trouble.migrating(unusable);
        } catch (RuntimeException failed) {
            pool.close();
            throw failed;
        }
    }

    /** For what {@link #transaction} does not cover; its connections commit each statement unless told otherwise. */
    public DataSource dataSource() {
        return pool;
    }

    /**
     * Runs work in one transaction, which is rolled back when the work throws.
     *
     * @param action goes on "Tried to ", as "store stream a.b.c"
     * @throws DatabaseException if no connection is free for 5 seconds, or the database fails
     */
    public <T> T transaction(String action, DatabaseWork<T> work) throws DatabaseException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException failed) {
                rollBack(connection, failed);
                throw failed;
            }
        } catch (SQLException failed) {
            throw trouble.using(action, failed);
        }
    }

    /** Ends every connection and thread; idempotent. */
    @Override
    public void close() {
        pool.close();
    }

    private static void rollBack(Connection connection, Exception failed) {
        try {
            connection.rollback();
        } catch (SQLException second) {
            failed.addSuppressed(second);
        }
    }

    /**
     * WRITE_DELAY=0, or a commit is on disk only half a second later and is lost when the process is killed;
     * DB_CLOSE_ON_EXIT=FALSE, or H2 leaves a shutdown hook behind that outlives the bundle; TRACE_LEVEL_*=0, as every failure
     * reaches the log or the caller from here.
     */
    private static String durable(String url) {
        return url + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";
    }

    private static HikariConfig pooled(DatabaseSettings settings, DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name() + "-database");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        return config;
    }

    private static void migrate(DatabaseSettings settings, DataSource pool) {
        ClassLoader flyway = Flyway.class.getClassLoader();
        try {
            Flyway.configure(flyway)
                    .dataSource(pool)
                    .locations(new String[0])
                    .resourceProvider(new MigrationScripts(settings.besideScripts(), settings.scripts()))
                    .javaMigrationClassProvider(List::of)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } finally {
            // Flyway keeps the last configuration in a static field; ours would keep the plug-in's class loader alive.
            LogFactory.setConfiguration(new ClassicConfiguration(flyway));
        }
    }
}
