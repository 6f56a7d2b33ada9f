package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what the master knew and had begun when it ran last. For one thread. */
final class Resumption {
    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    private final TransferStore store;
    private final Members members;
    private final TransferTable table;
    private final ImageCatalogue catalogue;
    private final TransferMaker maker;
    private final Backfill backfill;

    Resumption(
            TransferStore store,
            Members members,
            TransferTable table,
            ImageCatalogue catalogue,
            TransferMaker maker,
            Backfill backfill) {
        this.store = requireNonNull(store, "store is null");
        this.members = requireNonNull(members, "members is null");
        this.table = requireNonNull(table, "table is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.maker = requireNonNull(maker, "maker is null");
        this.backfill = requireNonNull(backfill, "backfill is null");
    }

    /** Fills the catalogue, and lets what is unfinished wait for its turn; answers that. */
    List<TransferRow> begin() {
        for (TransferRow row : store.current()) {
            read(row).ifPresent(transfer -> know(row, transfer));
        }
        List<TransferRow> unfinished = store.unfinished().stream()
                .filter(row -> catalogue.priority(row.id()).isPresent())
                .filter(this::goesOn)
                .toList();
        unfinished.forEach(
                row -> table.enqueue(row, catalogue.priority(row.id()).orElseThrow()));
        return unfinished;
    }

    /** One after another, since all bodies together may be larger than the memory. */
    private Optional<Transfer> read(TransferRow row) {
        try {
            return store.transfer(row.id()).map(table::read);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "Transfer {} of {}:{} cannot be read and is left out until the tag changes: {}",
                    row.id(),
                    row.repository(),
                    row.tag(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private void know(TransferRow row, Transfer transfer) {
        maker.raiseSequence(transfer);
        catalogue.put(row, transfer);
        for (PartRow part : table.parts(row.id())) {
            if (part.report().state() == TransferState.DONE) {
                catalogue.done(row.id(), part.node());
            }
        }
    }

    /** Without backfill, what only such nodes lack that joined after it was sent is finished. */
    private boolean goesOn(TransferRow row) {
        if (backfill != Backfill.NONE) {
            return true;
        }
        List<PartRow> parts = table.parts(row.id());
        return parts.stream().anyMatch(part -> !part.report().state().isFinal())
                || members.all().stream()
                        .filter(member -> !member.joined().isAfter(row.created()))
                        .anyMatch(member ->
                                parts.stream().noneMatch(part -> part.node().equals(member.id())));
    }
}
