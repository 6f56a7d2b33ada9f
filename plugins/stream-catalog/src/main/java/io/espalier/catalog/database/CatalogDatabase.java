package io.espalier.catalog.database;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.CatalogException.Code;
import io.espalier.database.DatabaseException;
import io.espalier.database.DatabasePool;
import io.espalier.database.DatabaseSettings;
import java.nio.file.Path;
import java.util.List;

/** An open catalog database with an up-to-date schema; closing it releases the file. */
public final class CatalogDatabase implements AutoCloseable {
    private static final String NAME = "catalog";
    private static final List<String> SCRIPTS = List.of("V1__streams.sql");

    private final DatabasePool pool;

    private CatalogDatabase(DatabasePool pool) {
        this.pool = pool;
    }

    /** The URL of the H2 file {@code catalog.mv.db} in a folder. */
    public static String fileUrl(Path folder) {
        return DatabaseSettings.fileUrl(folder, NAME);
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
                    "Tried to open the catalog database but the catalog is kept in H2 only; set url to jdbc:h2:file:PATH.");
        }
        try {
            return new CatalogDatabase(
                    DatabasePool.open(new DatabaseSettings(NAME, url, CatalogDatabase.class, SCRIPTS)));
        } catch (DatabaseException unusable) {
            throw failed(unusable);
        }
    }

    static CatalogException failed(DatabaseException cause) {
        return new CatalogException(Code.STORE_FAILED, cause.sentence(), cause);
    }

    /** The definitions in this database; unusable once the database is closed. */
    public JdbcStreamStore streams() {
        return new JdbcStreamStore(pool);
    }

    DatabasePool pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
