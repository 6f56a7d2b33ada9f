package io.espalier.replication.database;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database that a test may close and open again; in a file, unless a subclass says otherwise. */
abstract class StoreRig {
    @TempDir
    private Path folder;

    private DatabaseAccess access;
    ControllerDatabase database;

    /** Of its own for each test. */
    DatabaseAccess newDatabase(Path in) {
        return DatabaseAccess.to(ControllerDatabase.fileUrl(in));
    }

    @BeforeEach
    void create() {
        access = newDatabase(folder);
        database = ControllerDatabase.open(access, Clock.systemUTC());
    }

    /** As after a restart of the controller. */
    void reopen() {
        close();
        database = ControllerDatabase.open(access, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        database.close();
    }
}
