package io.espalier.replication.authority;

import io.espalier.relay.protocol.NodeId;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Joins whose token was taken while the node has not come with its certificate yet: when the answer was lost or the database
 * failed in between, the same node with the same key and token may ask again without paying twice. Thread-safe, bounded.
 */
final class PaidJoins {
    private static final int MAX_NODES = 256;
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);

    private record Paid(String token, PublicKey key, Instant at) {}

    private final Clock clock;
    private final Map<NodeId, Paid> nodes = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Paid> eldest) {
            return size() > MAX_NODES;
        }
    };

    PaidJoins(Clock clock) {
        this.clock = clock;
    }

    synchronized void paid(NodeId node, String token, PublicKey key) {
        nodes.put(node, new Paid(token, key, clock.instant()));
    }

    /** Whether a node of this name has paid with this token, whatever its key. */
    synchronized boolean isPaid(NodeId node, String token) {
        Paid paid = nodes.get(node);
        return paid != null && paid.token.equals(token) && clock.instant().isBefore(paid.at.plus(GOOD_FOR));
    }

    synchronized boolean isPaid(NodeId node, String token, PublicKey key) {
        Paid paid = nodes.get(node);
        return paid != null && paid.key.equals(key) && isPaid(node, token);
    }

    /** The node has come, or is gone. */
    synchronized void settle(NodeId node) {
        nodes.remove(node);
    }
}
