package io.espalier.replication.removal;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.RemovalStore.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A removal as operators see it.
 *
 * @param reason why it is held or kept; else empty
 * @param due when nodes are told; empty when that does not come by itself, or has been
 * @param nodes what each was told and said; none before they are told
 */
public record RemovalView(
        String id,
        ImageName image,
        String digest,
        State state,
        boolean byHand,
        String reason,
        Instant seen,
        Optional<Instant> due,
        List<Part> nodes) {
    public RemovalView {
        nodes = List.copyOf(nodes);
    }

    /**
     * A node's part.
     *
     * @param outcome word of a {@code RemovalOutcome}; empty when it has not answered
     * @param sentence what was kept or failed and why; may be empty
     */
    public record Part(NodeId node, boolean connected, String outcome, String sentence, int tries) {}
}
