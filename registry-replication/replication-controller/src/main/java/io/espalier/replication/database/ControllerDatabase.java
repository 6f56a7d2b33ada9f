package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.database.DatabaseException;
import io.espalier.database.DatabasePool;
import io.espalier.database.DatabaseSettings;
import io.espalier.replication.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The controller's open database with an up-to-date schema; closing it releases the file. When a database server goes away, every
 * store fails at once until it is back. Thread-safe.
 */
public final class ControllerDatabase implements AutoCloseable {
    private static final String NAME = "replication";
    private static final List<String> SCRIPTS = List.of("V1__replication.sql", "V3__control.sql", "V4__removal.sql");

    private final boolean file;
    private final DatabasePool pool;
    private final JdbcNodeStore nodes;
    private final JdbcMeasurementStore measurements;
    private final JdbcTransferStore transfers;
    private final JdbcControlStore control;
    private final JdbcRemovalStore removals;

    private ControllerDatabase(boolean file, DatabasePool pool) {
        this.file = file;
        Sql sql = new Sql(pool);
        this.pool = pool;
        this.nodes = new JdbcNodeStore(sql);
        this.measurements = new JdbcMeasurementStore(sql);
        this.transfers = new JdbcTransferStore(sql);
        this.control = new JdbcControlStore(sql);
        this.removals = new JdbcRemovalStore(sql);
    }

    /** The URL of the H2 file {@code replication.mv.db} in a folder. */
    public static String fileUrl(Path folder) {
        return DatabaseSettings.fileUrl(folder, NAME);
    }

    /** Opens an H2 file, see {@link #open(DatabaseAccess, Clock)}. */
    public static ControllerDatabase open(String url, Clock clock) {
        return open(DatabaseAccess.to(url), clock);
    }

    /**
     * Opens or creates the database, migrates its schema and forgets tokens and certificates that have expired.
     *
     * @throws StoreException if a file is locked or damaged, a server is away or refuses, or the schema is of a newer release, with a
     *     sentence that says what to do
     */
    public static ControllerDatabase open(DatabaseAccess access, Clock clock) {
        requireNonNull(access, "access is null");
        requireNonNull(clock, "clock is null");
        try {
            ControllerDatabase database = new ControllerDatabase(
                    access.isFile(),
                    DatabasePool.open(new DatabaseSettings(
                            NAME, access.url(), access.user(), access.password(), ControllerDatabase.class, SCRIPTS)));
            database.forgetExpired(clock.instant());
            return database;
        } catch (DatabaseException unusable) {
            throw new StoreException(unusable.sentence(), unusable, unusable.isAway());
        }
    }

    private void forgetExpired(Instant now) {
        try {
            nodes.forgetExpired(now);
        } catch (StoreException unusable) {
            pool.close();
            throw unusable;
        }
    }

    public JdbcNodeStore nodes() {
        return nodes;
    }

    public JdbcMeasurementStore measurements() {
        return measurements;
    }

    public JdbcTransferStore transfers() {
        return transfers;
    }

    public JdbcControlStore control() {
        return control;
    }

    public JdbcRemovalStore removals() {
        return removals;
    }

    /** Why the database cannot be used now, as a sentence; empty when it can. */
    public Optional<String> problem() {
        return pool.problem();
    }

    /**
     * Calls this each time the database is back after it was away; the call must not block for long.
     *
     * @return ends this
     */
    public Runnable whenBack(Runnable listener) {
        return pool.whenBack(listener);
    }

    /**
     * Writes a ZIP file with the database's file as it is now, while it is used.
     *
     * @return false when the database is on a server, so that nothing was written
     * @throws StoreException when it fails
     */
    public boolean zip(Path into) {
        if (!file) {
            return false;
        }
        new Sql(pool)
                .transaction(
                        "copy the database",
                        tx -> tx.update("BACKUP TO '" + into.toString().replace("'", "''") + "'"));
        return true;
    }

    @Override
    public void close() {
        pool.close();
    }
}
