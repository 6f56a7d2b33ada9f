package io.espalier.relay.protocol;

import io.espalier.registry.client.RegistryClient;

/** The registry of this process's own node; the relay offers it as a service. */
public interface LocalRegistry {
    /** Stays the relay's; not to be closed by others. */
    RegistryClient client();

    NodeId node();
}
