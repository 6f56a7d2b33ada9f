package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes keep the generations of their tags. When the master's database was lost or is an old backup, they know newer ones than the
 * master and refuse what it sends; then the master counts on from theirs and sends the image again. Thread-safe.
 */
final class LostHistory {
    private static final Logger LOG = LoggerFactory.getLogger(LostHistory.class);
    /** No count of changes comes near; a node that says so is wrong, and the count must not overflow. */
    private static final long MOST = 1L << 53;

    private final ImageCatalogue catalogue;
    private final TransferStore store;
    private final ChangeQueue changes;

    LostHistory(ImageCatalogue catalogue, TransferStore store, ChangeQueue changes) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.store = requireNonNull(store, "store is null");
        this.changes = requireNonNull(changes, "changes is null");
    }

    /**
     * Looks whether a node refuses the newest that the master knows.
     *
     * @throws io.espalier.replication.store.StoreException when that cannot be noted now
     */
    void check(NodeId node, TransferReport report) {
        if (report.state() != TransferState.SUPERSEDED || report.newest() <= 0) {
            return;
        }
        Optional<TransferRow> current = catalogue.find(report.transfer());
        // Tags of signatures are counted by the clock.
        if (current.isEmpty()
                || report.newest() <= current.get().generation()
                || ImageName.subjectOfTag(current.get().tag()).isPresent()) {
            return;
        }
        if (report.newest() > MOST) {
            LOG.warn("Node {} claims generation {} of a tag, which cannot be; it is left.", node, report.newest());
            return;
        }
        ImageName.find(current.get().repository(), current.get().tag())
                .ifPresent(name -> countOn(node, name, current.get(), report.newest()));
    }

    private void countOn(NodeId node, ImageName name, TransferRow current, long newest) {
        store.raise(name.repository(), name.reference(), newest);
        LOG.warn(
                "Node {} knows generation {} of {} and the master only {}: the master's database was lost or restored. The"
                        + " image is sent again with a newer generation.",
                node,
                newest,
                name,
                current.generation());
        catalogue.outdate(name);
        changes.add(name, "");
    }
}
