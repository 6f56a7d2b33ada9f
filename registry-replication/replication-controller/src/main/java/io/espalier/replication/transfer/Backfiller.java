package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives nodes that joined or returned what they missed, a few transfers at a time. Thread-safe. */
final class Backfiller {
    private static final Logger LOG = LoggerFactory.getLogger(Backfiller.class);
    private static final int AT_ONCE = 4;

    private final TransferTable table;
    private final ImageCatalogue catalogue;
    private final Map<NodeId, Deque<String>> missing = new ConcurrentHashMap<>();

    Backfiller(TransferTable table, ImageCatalogue catalogue) {
        this.table = requireNonNull(table, "table is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
    }

    /** Looks what a node lacks. */
    void begin(NodeId node) {
        List<String> lacking = catalogue.missingAt(node).stream()
                .filter(id -> table.find(id).filter(one -> one.isTarget(node)).isEmpty() && !table.isWaiting(id))
                .toList();
        if (lacking.isEmpty()) {
            missing.remove(node);
        } else {
            LOG.info("Node {} lacks {} images and gets them now.", node, lacking.size());
            missing.put(node, new ArrayDeque<>(lacking));
        }
    }

    void forget(NodeId node) {
        missing.remove(node);
    }

    /** Starts what there is room for. Called by one thread. */
    void go() {
        for (Map.Entry<NodeId, Deque<String>> entry : List.copyOf(missing.entrySet())) {
            NodeId node = entry.getKey();
            Deque<String> ids = entry.getValue();
            while (!ids.isEmpty() && open(node) < AT_ONCE) {
                String id = ids.getFirst();
                if (!catalogue.isDone(id, node)) {
                    table.revive(id, List.of(node));
                }
                // Only now, so that it is not lost when the database fails.
                ids.removeFirst();
            }
            if (ids.isEmpty()) {
                missing.remove(node, ids);
            }
        }
    }

    /** What waits for another try holds up nothing else. */
    private long open(NodeId node) {
        return table.all().stream()
                .filter(one -> one.isTarget(node))
                .map(one -> one.state(node))
                .filter(state -> !state.isFinal() && state != TransferState.RETRYING)
                .count();
    }
}
