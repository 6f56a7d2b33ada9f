package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who waits for whom in which stripe of a transfer. Two nodes may wait for each other, in different stripes. For one thread. */
final class Waits {
    private record Wait(Stripe stripe, NodeId parent) {}

    private final Map<NodeId, List<Wait>> waits = new HashMap<>();

    /** A node waits in one stripe for the first source of its branch. */
    void add(NodeId node, Stripe stripe, Route.Branch branch) {
        waits.computeIfAbsent(node, id -> new ArrayList<>())
                .add(new Wait(stripe, branch.parent().node()));
    }

    /**
     * Whether a node is {@code above}, or waits for it with some chunk of this stripe, also over others. When routes with different
     * numbers of stripes are mixed, this may be said too often, never too seldom.
     */
    boolean isBelow(NodeId node, NodeId above, Stripe stripe) {
        Set<NodeId> seen = new HashSet<>();
        Deque<NodeId> left = new ArrayDeque<>(List.of(node));
        while (!left.isEmpty()) {
            NodeId at = left.pop();
            if (at.equals(above)) {
                return true;
            }
            if (seen.add(at)) {
                waits.getOrDefault(at, List.of()).stream()
                        .filter(wait -> wait.stripe().meets(stripe))
                        .forEach(wait -> left.push(wait.parent()));
            }
        }
        return false;
    }
}
