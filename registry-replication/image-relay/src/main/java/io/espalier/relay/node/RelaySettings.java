package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a node is told; checked.
 *
 * @param host the node's own domain name, under which others reach it
 * @param bind the address its door listens on
 * @param port of its door; 0 takes any free one
 * @param master empty when this node is the master
 * @param site the operator's label for where the node stands; may be empty
 * @param folder where key, certificates, transfers and the spool are kept
 * @param capacity what the node may be burdened with
 * @param insecurePlainHttp no TLS between nodes
 * @param version of this program, told to the master
 * @param store of a node without a registry; {@code registry} is then where it can be reached
 */
public record RelaySettings(
        NodeId node,
        String host,
        String bind,
        int port,
        Optional<MasterAddress> master,
        Optional<JoinToken> joinToken,
        String site,
        RegistryEndpoint registry,
        Path folder,
        long spoolBytes,
        NodeCapacity capacity,
        boolean insecurePlainHttp,
        String version,
        Optional<EmbeddedSettings> store) {
    public RelaySettings {
        requireNonNull(node, "node is null");
        requireNonNull(host, "host is null");
        requireNonNull(bind, "bind is null");
        requireNonNull(master, "master is null");
        requireNonNull(joinToken, "joinToken is null");
        requireNonNull(site, "site is null");
        requireNonNull(registry, "registry is null");
        requireNonNull(folder, "folder is null");
        requireNonNull(capacity, "capacity is null");
        requireNonNull(version, "version is null");
        requireNonNull(store, "store is null");
    }

    /** The same with a store of its own instead of a registry. */
    public RelaySettings with(EmbeddedSettings embedded) {
        return new RelaySettings(
                node,
                host,
                bind,
                port,
                master,
                joinToken,
                site,
                registry,
                folder,
                spoolBytes,
                capacity,
                insecurePlainHttp,
                version,
                Optional.of(embedded));
    }

    /** Whether this node is the master. */
    public boolean isMaster() {
        return master.isEmpty();
    }
}
