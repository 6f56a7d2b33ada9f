package io.espalier.catalog.database;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.CatalogException.Code;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.logging.LogFactory;
import org.h2.jdbcx.JdbcDataSource;

/** An open catalog database with an up-to-date schema and a small connection pool; closing it releases the file. */
public final class CatalogDatabase implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final long CONNECT_MILLIS = 5_000;

    private final String url;
    private final HikariDataSource pool;

    private CatalogDatabase(String url, HikariDataSource pool) {
        this.url = url;
        this.pool = pool;
    }

    /** The URL of the H2 file {@code catalog.mv.db} in a folder. */
    public static String fileUrl(Path folder) {
        return "jdbc:h2:file:" + folder.toAbsolutePath().resolve("catalog");
    }

    /**
     * Opens or creates the database and migrates its schema.
     *
     * @param url a {@code jdbc:h2:} URL
     * @throws CatalogException if the file is locked, damaged or of a newer release, with a sentence that says what to do
     */
    public static CatalogDatabase open(String url) throws CatalogException {
        requireNonNull(url, "url is null");
        if (!url.startsWith("jdbc:h2:")) {
            throw new CatalogException(
                    Code.STORE_FAILED,
                    "Tried to open the catalog database at " + url
                            + " but only H2 is supported; set url to jdbc:h2:file:PATH.");
        }
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(durable(url));
        // A direct connection first: the pool would hide the reason behind its own time-out.
        try {
            source.getConnection().close();
        } catch (SQLException unusable) {
            throw DatabaseTrouble.opening(url, unusable);
        }
        return pooled(url, source);
    }

    private static CatalogDatabase pooled(String url, DataSource source) throws CatalogException {
        HikariDataSource pool = new HikariDataSource(settings(source));
        try {
            migrate(pool);
            return new CatalogDatabase(url, pool);
        } catch (FlywayException unusable) {
            pool.close();
            throw DatabaseTrouble.migrating(url, unusable);
        }
    }

    public String url() {
        return url;
    }

    /** The definitions in this database; unusable once the database is closed. */
    public JdbcStreamStore streams() {
        return new JdbcStreamStore(dataSource(), url);
    }

    DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }

    /**
     * WRITE_DELAY=0, or a commit is on disk only half a second later and is lost when the process is killed;
     * DB_CLOSE_ON_EXIT=FALSE, or H2 leaves a shutdown hook behind that outlives the bundle; TRACE_LEVEL_*=0, as every failure
     * reaches the log or the caller from here.
     */
    private static String durable(String url) {
        return url + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";
    }

    private static HikariConfig settings(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("catalog-database");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        return config;
    }

    private static void migrate(DataSource pool) {
        ClassLoader flyway = Flyway.class.getClassLoader();
        try {
            Flyway.configure(flyway)
                    .dataSource(pool)
                    .locations(new String[0])
                    .resourceProvider(new MigrationScripts())
                    .javaMigrationClassProvider(List::of)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } finally {
            // Flyway keeps the last configuration in a static field; ours would keep this bundle's class loader alive.
            LogFactory.setConfiguration(new ClassicConfiguration(flyway));
        }
    }
}
