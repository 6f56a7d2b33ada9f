package io.espalier.catalog.node;

import io.espalier.catalog.database.CatalogDatabase;
import io.espalier.catalog.rest.StreamRoutes;
import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.StreamCatalog;
import io.espalier.catalog.topic.ClusterTopics;
import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;

/** A running catalog; it owns its database, its admin client and its door, and {@link #close} ends all three. */
public final class CatalogNode implements AutoCloseable {
    /** A definition is a few kilobytes at most. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final CatalogDatabase database;
    private final ClusterTopics topics;
    private final StreamCatalog catalog;
    private final HttpDoor door;

    private CatalogNode(CatalogDatabase database, ClusterTopics topics, StreamCatalog catalog, HttpDoor door) {
        this.database = database;
        this.topics = topics;
        this.catalog = catalog;
        this.door = door;
    }

    /** Opens the database, then the door; when either fails, nothing stays open. */
    public static CatalogNode start(CatalogSettings settings) throws CatalogException, DoorException {
        DoorSettings doorSettings = DoorSettings.of("stream-catalog", settings.host(), settings.port())
                .withMaxBodyBytes(MAX_BODY_BYTES);
        CatalogDatabase database = CatalogDatabase.open(settings.url());
        try {
            ClusterTopics topics = new ClusterTopics(settings.kafkaLimit(), (short) settings.replicationFactor());
            StreamCatalog catalog = StreamCatalog.load(database.streams(), topics);
            HttpDoor door = HttpDoor.open(doorSettings, new StreamRoutes(catalog, settings.maxChanges())::addTo);
            return new CatalogNode(database, topics, catalog, door);
        } catch (CatalogException | DoorException | RuntimeException failed) {
            database.close();
            throw failed;
        }
    }

    public StreamCatalog catalog() {
        return catalog;
    }

    /** Where the cluster is told that streams get their topics on. */
    public ClusterTopics topics() {
        return topics;
    }

    /** The port that the door listens on. */
    public int port() {
        return door.port();
    }

    /** Lets requests under way finish for a few seconds, then closes door, admin client and database. Idempotent. */
    @Override
    public void close() {
        door.close();
        topics.close();
        database.close();
    }
}
