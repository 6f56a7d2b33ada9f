package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborFacts;
import java.util.Optional;

/**
 * A Harbor as it answers now.
 *
 * @param facts empty when it cannot be used
 * @param problem why not, as a sentence; empty when it can
 * @param relay the id of the relay beside it; empty when none
 */
public record HarborState(HarborNode node, Optional<HarborFacts> facts, String problem, String relay) {
    public HarborState {
        requireNonNull(node, "node is null");
        requireNonNull(facts, "facts is null");
        requireNonNull(problem, "problem is null");
        requireNonNull(relay, "relay is null");
    }
}
