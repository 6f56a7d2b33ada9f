package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.member.Member;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where nodes get a transfer from. Thread-safe; may take as long as planning takes, and asks nobody. */
public interface RoutePlanner {
    /**
     * A tree for one transfer.
     *
     * @param routes of every member asked for; the master's is {@link Route#root()}
     * @param predicted when each will have it, from the start; a node may be missing when nothing is known
     */
    record Tree(Map<NodeId, Route> routes, Map<NodeId, Duration> predicted) {
        public Tree {
            routes = Map.copyOf(routes);
            predicted = Map.copyOf(predicted);
        }
    }

    /** Plans for that many bytes to all of these members, the master among them. */
    Tree plan(long bytes, Collection<Member> members);

    /** Of those that have an image already, the best sources for a node, best first; never the node itself. */
    List<Member> nearest(Member node, Collection<Member> holders);
}
