package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import java.util.List;

/**
 * From whom a node gets chunks of a stripe of a repository's images just now, directly or by way of others, as far as they have said
 * so. Images of other repositories may go along other trees.
 *
 * @param nodes at most {@link FeedLimits#PATH}
 */
public record Upstream(String repository, Stripe stripe, List<NodeId> nodes) {
    public Upstream {
        requireNonNull(repository, "repository is null");
        requireNonNull(stripe, "stripe is null");
        nodes = List.copyOf(nodes);
    }
}
