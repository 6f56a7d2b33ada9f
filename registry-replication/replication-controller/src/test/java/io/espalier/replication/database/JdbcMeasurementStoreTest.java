package io.espalier.replication.database;

import io.espalier.replication.store.MeasurementStore;
import io.espalier.replication.store.MeasurementStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdbcMeasurementStoreTest extends MeasurementStoreContract {
    @TempDir
    private Path folder;

    private ControllerDatabase database;

    /** An empty database. */
    DatabaseAccess newDatabase(Path in) {
        return DatabaseAccess.to(ControllerDatabase.fileUrl(in));
    }

    @BeforeEach
    void open() {
        database = ControllerDatabase.open(newDatabase(folder), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Override
    protected MeasurementStore measurements() {
        return database.measurements();
    }
}
