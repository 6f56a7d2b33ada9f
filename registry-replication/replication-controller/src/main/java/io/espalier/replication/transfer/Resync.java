package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends nodes again what they said that they have: what was said no longer counts. Thread-safe. */
final class Resync {
    private static final Logger LOG = LoggerFactory.getLogger(Resync.class);

    private final TransferTable table;
    private final ImageCatalogue catalogue;
    private final Backfiller backfiller;
    private final TransferStore store;
    private final Clock clock;

    Resync(TransferTable table, ImageCatalogue catalogue, Backfiller backfiller, TransferStore store, Clock clock) {
        this.table = requireNonNull(table, "table is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.backfiller = requireNonNull(backfiller, "backfiller is null");
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Begins; the node has forgotten already that it has them.
     *
     * @param image empty for all
     * @return how many images
     */
    int begin(NodeId node, Optional<ImageName> image) {
        List<TransferRow> rows =
                image.isPresent() ? catalogue.find(image.get()).stream().toList() : catalogue.current();
        undo(rows, node);
        LOG.info("Node {} proves {} images anew.", node, rows.size());
        if (image.isPresent()) {
            rows.forEach(row -> table.revive(row.id(), List.of(node)));
        } else {
            backfiller.begin(node);
        }
        return rows.size();
    }

    /** What a node said that it has no longer counts; nothing is sent for that alone. */
    void forget(NodeId node) {
        undo(catalogue.current(), node);
    }

    private void undo(List<TransferRow> rows, NodeId node) {
        List<TransferRow> done =
                rows.stream().filter(row -> catalogue.isDone(row.id(), node)).toList();
        done.forEach(row -> undo(row, node));
    }

    private void undo(TransferRow row, NodeId node) {
        Instant now = clock.instant();
        PartRow nothing = new PartRow(row.id(), node, Running.nothing(row), now);
        store.saveParts(List.of(nothing));
        catalogue.lost(row.id(), node);
        Optional<Running> running = table.find(row.id()).filter(one -> one.isDone(node));
        running.ifPresent(one -> {
            one.report(node, nothing.report(), now);
            one.forgetLink(node);
        });
    }
}
