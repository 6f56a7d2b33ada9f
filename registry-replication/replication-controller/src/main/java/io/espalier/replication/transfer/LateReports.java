package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest reports of nodes that could not be worked off since the database was away. When there are too many, the oldest is
 * forgotten; a node that comes again says it again. Thread-safe.
 */
final class LateReports {
    private static final Logger LOG = LoggerFactory.getLogger(LateReports.class);
    private static final int MOST = 10_000;

    /** What a node said. */
    record Late(NodeId node, TransferReport report) {}

    private record Key(NodeId node, String transfer) {}

    private final Map<Key, Late> waiting = new LinkedHashMap<>();
    private boolean full;

    /** Takes the place of what the node said of this transfer before. */
    synchronized void keep(NodeId node, TransferReport report) {
        waiting.put(new Key(node, report.transfer()), new Late(node, report));
        if (waiting.size() > MOST) {
            waiting.remove(waiting.keySet().iterator().next());
            if (!full) {
                LOG.warn("More than {} reports of nodes wait for the database; the oldest are forgotten.", MOST);
            }
            full = true;
        }
    }

    synchronized Optional<Late> oldest() {
        full = false;
        return waiting.values().stream().findFirst();
    }

    /** It is worked off; a newer one of the same stays. */
    synchronized void drop(Late done) {
        waiting.remove(new Key(done.node(), done.report().transfer()), done);
    }

    /** Something newer is worked off. */
    synchronized void drop(NodeId node, String transfer) {
        waiting.remove(new Key(node, transfer));
    }

    synchronized void forget(NodeId node) {
        waiting.keySet().removeIf(key -> key.node().equals(node));
    }
}
