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

/** The controller's open database with an up-to-date schema; closing it releases the file. Thread-safe. */
public final class ControllerDatabase implements AutoCloseable {
    private static final String NAME = "replication";
    private static final List<String> SCRIPTS = List.of("V1__replication.sql", "V3__control.sql");

    private final DatabasePool pool;
    private final JdbcNodeStore nodes;
    private final JdbcMeasurementStore measurements;
    private final JdbcTransferStore transfers;
    private final JdbcControlStore control;

    private ControllerDatabase(DatabasePool pool) {
        Sql sql = new Sql(pool);
        this.pool = pool;
        this.nodes = new JdbcNodeStore(sql);
        this.measurements = new JdbcMeasurementStore(sql);
        this.transfers = new JdbcTransferStore(sql);
        this.control = new JdbcControlStore(sql);
    }

    /** The URL of the H2 file {@code replication.mv.db} in a folder. */
    public static String fileUrl(Path folder) {
        return DatabaseSettings.fileUrl(folder, NAME);
    }

    /**
     * Opens or creates the database, migrates its schema and forgets tokens and certificates that have expired.
     *
     * @param url a {@code jdbc:h2:} URL
     * @throws StoreException if the file is locked, damaged or of a newer release, with a sentence that says what to do
     */
    public static ControllerDatabase open(String url, Clock clock) {
        requireNonNull(url, "url is null");
        requireNonNull(clock, "clock is null");
        try {
            ControllerDatabase database = new ControllerDatabase(
                    DatabasePool.open(new DatabaseSettings(NAME, url, ControllerDatabase.class, SCRIPTS)));
            database.forgetExpired(clock.instant());
            return database;
        } catch (DatabaseException unusable) {
            throw new StoreException(unusable.sentence(), unusable);
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

    @Override
    public void close() {
        pool.close();
    }
}
