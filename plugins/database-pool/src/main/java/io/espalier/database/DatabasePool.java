package io.espalier.database;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * An open database with an up-to-date schema and four connections: a file of H2, or PostgreSQL, MariaDB or MySQL on a server. What a
 * transaction committed is on disk when it returns and is there after a kill. A server may go away and come back: meanwhile every
 * transaction fails at once, which {@link DatabaseException#isAway} tells. Safe for use by several threads; closing it releases the
 * file and ends its threads.
 */
public final class DatabasePool implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final long CONNECT_MILLIS = 5_000;
    private static final long VALIDATION_MILLIS = 3_000;

    private final DatabaseKind kind;
    private final DatabaseTrouble trouble;
    private final HikariDataSource pool;
    private final DatabaseWatch watch;
    private final FileWrites file = new FileWrites();

    private DatabasePool(
            DatabaseKind kind,
            DatabaseSettings settings,
            DatabaseTrouble trouble,
            Connections to,
            HikariDataSource pool) {
        this.kind = kind;
        this.trouble = trouble;
        this.pool = pool;
        this.watch = new DatabaseWatch(settings, trouble, to.look(), this::forgetConnections, this::warm);
        if (kind.isServer()) {
            watch.start();
        }
    }

    /**
     * Opens or creates the database and runs the migrations that it lacks. On a server the database must be there.
     *
     * @throws DatabaseException if the file is locked or damaged, the server is away or refuses, or the schema is of a newer
     *     release; nothing stays open then
     */
    public static DatabasePool open(DatabaseSettings settings) throws DatabaseException {
        requireNonNull(settings, "settings is null");
        DatabaseTrouble trouble = new DatabaseTrouble(settings);
        DatabaseKind kind = DatabaseKind.of(settings.url()).orElseThrow(trouble::notSpoken);
        if (kind.isServer() && hasSecret(settings.url())) {
            throw trouble.openSecret();
        }
        Connections to = connections(kind, settings, trouble);
        // A direct connection first: the pool would hide the reason behind its own time-out.
        try {
            to.look().getConnection().close();
        } catch (SQLException unusable) {
            throw trouble.opening(unusable);
        }
        HikariDataSource pool = new HikariDataSource(pooled(kind, settings, to.work()));
        try {
            SchemaUpdate.run(kind, settings, kind.isServer() ? to.migration() : pool, trouble);
            return new DatabasePool(kind, settings, trouble, to, pool);
        } catch (DatabaseException | RuntimeException failed) {
            end(pool);
            throw failed;
        }
    }

    private static Connections connections(DatabaseKind kind, DatabaseSettings settings, DatabaseTrouble trouble)
            throws DatabaseException {
        try {
            return Connections.to(kind, settings);
        } catch (NoClassDefFoundError missing) {
            throw trouble.noDriver(missing);
        }
    }

    private static boolean hasSecret(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        return lower.matches(".*[?&](user|password)=.*") || lower.matches("jdbc:[a-z]+:(//)?[^/?]*@.*");
    }

    /** For what {@link #transaction} does not cover; its connections commit each statement unless told otherwise. */
    public DataSource dataSource() {
        return pool;
    }

    /** Why the database cannot be used now, or a file not be written, as a sentence; empty when it can. */
    public Optional<String> problem() {
        return watch.away()
                .map(reason -> "The " + trouble.database() + " does not answer (" + reason
                        + "); what runs goes on, and it is tried again every second.")
                .or(file::problem);
    }

    /**
     * Calls this, on a thread of the pool, each time the server is back after it was away; the call must not block for long.
     *
     * @return ends this
     */
    public Runnable whenBack(Runnable listener) {
        return watch.whenBack(listener);
    }

    /**
     * Runs work in one transaction, which is rolled back when the work throws.
     *
     * @param action goes on "Tried to ", as "store stream a.b.c"
     * @throws DatabaseException if no connection is free for 5 seconds, the server is away, or the database fails; when the
     *     server went away during the commit, it may have been done nevertheless
     */
    public <T> T transaction(String action, DatabaseWork<T> work) throws DatabaseException {
        long spell = watch.spell();
        Optional<String> away = watch.away();
        if (away.isPresent()) {
            throw trouble.away(action, away.get(), null);
        }
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                boolean proves = file.proves(connection);
                connection.commit();
                settle(connection);
                if (proves) {
                    file.written();
                }
                return result;
            } catch (SQLException | RuntimeException failed) {
                rollBack(connection, failed);
                throw failed;
            }
        } catch (SQLException failed) {
            if (kind.isServer() && Outage.isIt(failed) && !pool.isClosed()) {
                String reason = trouble.reason(failed);
                watch.failed(spell, reason);
                throw trouble.away(action, reason, failed);
            }
            DatabaseException refused = trouble.using(action, failed);
            if (kind == DatabaseKind.H2 && !pool.isClosed() && file.failed(failed, refused.sentence())) {
                forgetConnections();
            }
            throw refused;
        }
    }

    /**
     * After a kill of the process the last commits of a burst were seen to be missing from H2's file, also with WRITE_DELAY=0; why is
     * not known. This has it write whatever is left in memory.
     */
    private void settle(Connection connection) throws SQLException {
        if (kind == DatabaseKind.H2) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT");
            }
        }
    }

    private static void rollBack(Connection connection, Exception failed) {
        try {
            connection.rollback();
        } catch (SQLException second) {
            failed.addSuppressed(second);
        }
    }

    /** Connections of before are of no use to a server that was started anew, or to a file that H2 closed. */
    private void forgetConnections() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    private void warm() throws SQLException {
        pool.getConnection().close();
    }

    /** Ends every connection and thread within some seconds; idempotent. */
    @Override
    public void close() {
        if (kind.isServer()) {
            watch.close();
        }
        end(pool);
    }

    /** Hikari leaves a thread behind where the one that closes it is interrupted; the interrupt is kept for later. */
    private static void end(HikariDataSource pool) {
        boolean interrupted = Thread.interrupted();
        try {
            pool.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static HikariConfig pooled(DatabaseKind kind, DatabaseSettings settings, DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name() + "-database");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        if (kind.isServer()) {
            config.setValidationTimeout(VALIDATION_MILLIS);
            // As the others have it: with MariaDB's default two that insert the same row often hold each other up.
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        }
        return config;
    }
}
