package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import java.util.List;

/**
 * From whom a node gets chunks of a stripe just now, directly or by way of others, as far as they have said so.
 *
 * @param nodes at most {@link FeedLimits#PATH}
 */
public record Upstream(Stripe stripe, List<NodeId> nodes) {
    public Upstream {
        requireNonNull(stripe, "stripe is null");
        nodes = List.copyOf(nodes);
    }
}
