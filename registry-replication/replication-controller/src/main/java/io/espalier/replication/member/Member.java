package io.espalier.replication.member;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.time.Instant;

/**
 * A node of the cluster.
 *
 * @param host its domain name
 * @param registry URL of its registry, without credentials
 * @param site the operator's label for where it stands; empty when not given
 * @param master whether it is the relay beside the controller, the root of every tree
 * @param capacity as it said it last; no limits as long as it has not come since the master's start
 * @param remoteAddress from where its control link came last; empty when never
 */
public record Member(
        NodeId id,
        String host,
        int port,
        String registry,
        String site,
        boolean master,
        boolean connected,
        Instant joined,
        Instant lastSeen,
        NodeCapacity capacity,
        String remoteAddress) {
    public Member {
        requireNonNull(id, "id is null");
        requireNonNull(host, "host is null");
        requireNonNull(registry, "registry is null");
        requireNonNull(site, "site is null");
        requireNonNull(joined, "joined is null");
        requireNonNull(lastSeen, "lastSeen is null");
        requireNonNull(capacity, "capacity is null");
        requireNonNull(remoteAddress, "remoteAddress is null");
    }

    public PeerAddress address() {
        return new PeerAddress(id, host, port);
    }
}
