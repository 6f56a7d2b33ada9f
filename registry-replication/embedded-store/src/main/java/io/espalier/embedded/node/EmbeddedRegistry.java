package io.espalier.embedded.node;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.client.StoreClient;
import io.espalier.embedded.door.PullDoor;
import io.espalier.embedded.store.OciLayoutStore;
import io.espalier.embedded.store.StoreLimits;
import io.espalier.http.DoorException;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.RegistryException;
import java.net.URI;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry within this process: a store on disk, to which programs of the process write by {@link RegistryClient}, and a door from
 * which everybody who reaches it pulls, without TLS or a password. Thread-safe.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);

    private final OciLayoutStore store;
    private final PullDoor door;
    private final RegistryEndpoint endpoint;

    private EmbeddedRegistry(OciLayoutStore store, PullDoor door, RegistryEndpoint endpoint) {
        this.store = store;
        this.door = door;
        this.endpoint = endpoint;
    }

    /**
     * Opens store and door.
     *
     * @throws RegistryException with a sentence when the folder cannot be used
     * @throws DoorException when the port is taken; nothing is left open in both cases
     */
    public static EmbeddedRegistry open(EmbeddedSettings settings, Clock clock)
            throws RegistryException, DoorException {
        requireNonNull(settings, "settings is null");
        OciLayoutStore store = OciLayoutStore.open(settings.folder(), StoreLimits.of(settings.storeBytes()), clock);
        boolean open = false;
        try {
            PullDoor door = PullDoor.open(store, settings.bind(), settings.port());
            RegistryEndpoint endpoint = RegistryEndpoint.allowingPlainHttp(address(settings.host(), door.port()));
            open = true;
            LOG.info("Images can be pulled from {}, without TLS.", endpoint.uri());
            return new EmbeddedRegistry(store, door, endpoint);
        } finally {
            if (!open) {
                store.close();
            }
        }
    }

    private static URI address(String host, int port) {
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create("http://" + shown + ":" + port);
    }

    /** A client of the store; to close it leaves the store open. */
    public RegistryClient client() {
        return new StoreClient(store, endpoint);
    }

    /** Where images are pulled. */
    public URI address() {
        return endpoint.uri();
    }

    /** Bytes that the store's files have. */
    public long usedBytes() {
        return store.usedBytes();
    }

    /** Ends the door, then the store, within some seconds; idempotent. */
    @Override
    public void close() {
        door.close();
        store.close();
    }
}
