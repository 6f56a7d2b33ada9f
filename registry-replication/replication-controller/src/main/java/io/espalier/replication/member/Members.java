package io.espalier.replication.member;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import java.util.List;
import java.util.Optional;

/** The members of the cluster. Thread-safe. */
public interface Members {
    /** All, the master first, then by name. */
    List<Member> all();

    Optional<Member> find(NodeId node);

    /**
     * Queues a message on the node's control link; never blocks.
     *
     * @return false when the node is not connected; then nothing is sent later either
     */
    boolean send(NodeId node, MasterMessage message);

    /**
     * Hears of everything from now on; a listener is called by one thread at a time for each node.
     *
     * @return ends it; what is told just now may still be heard
     */
    Runnable listen(MemberListener listener);
}
