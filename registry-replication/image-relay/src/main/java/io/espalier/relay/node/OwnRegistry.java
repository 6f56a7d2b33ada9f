package io.espalier.relay.node;

import io.espalier.embedded.node.EmbeddedRegistry;
import io.espalier.http.DoorException;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.RegistryException;
import java.time.Clock;

/** The node's registry: one that stands beside it, or the store within. */
final class OwnRegistry implements AutoCloseable {
    private final RegistryClient client;
    private final RegistryClient watcher;
    private final Runnable end;

    private OwnRegistry(RegistryClient client, RegistryClient watcher, Runnable end) {
        this.client = client;
        this.watcher = watcher;
        this.end = end;
    }

    static OwnRegistry open(RelaySettings settings, Clock clock) throws RegistryException, DoorException {
        if (settings.store().isPresent()) {
            EmbeddedRegistry embedded = EmbeddedRegistry.open(settings.store().get(), clock);
            return new OwnRegistry(embedded.client(), embedded.client(), embedded::close);
        }
        RegistryEndpoint endpoint = settings.registry();
        RegistryClient client = RegistryClient.of(endpoint);
        return new OwnRegistry(client, RegistryClient.of(RegistryWatch.impatient(endpoint)), () -> {});
    }

    RegistryClient client() {
        return client;
    }

    /** Another client, for the watch, which closes it. */
    RegistryClient watcher() {
        return watcher;
    }

    @Override
    public void close() {
        client.close();
        end.run();
    }
}
