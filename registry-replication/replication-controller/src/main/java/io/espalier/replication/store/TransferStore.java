package io.espalier.replication.store;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Images, their generations and transfers. Thread-safe, blocking; every method throws {@link StoreException}. */
public interface TransferStore {
    /**
     * What a tag pointed at when the master last looked.
     *
     * @param generation grows with every change of this repository and tag, and is not below the time of the change in milliseconds: so
     *     a new or restored database goes on above what nodes have
     */
    record ImageRow(String repository, String tag, String digest, long generation, Instant seen) {}

    /**
     * A transfer.
     *
     * @param digest of the manifest that the tag points at
     * @param body the {@code Transfer} as JSON, some MiB at most; empty in lists, which would be too large with it
     * @param superseded whether a newer generation of the tag took its place, or the tag was removed
     */
    record TransferRow(
            String id,
            String repository,
            String tag,
            String digest,
            long generation,
            long bytes,
            String body,
            Instant created,
            boolean superseded) {
        /** As it stands in lists. */
        public TransferRow withoutBody() {
            return new TransferRow(id, repository, tag, digest, generation, bytes, "", created, superseded);
        }
    }

    /** A node's part of a transfer, as it last reported it. */
    record PartRow(String transfer, NodeId node, TransferReport report, Instant at) {}

    List<ImageRow> images();

    Optional<ImageRow> image(String repository, String tag);

    /**
     * In one transaction: notes that a tag points at a digest and creates its transfer with the next generation, or answers with
     * empty when the tag points there already. Marks older transfers of the tag as superseded.
     *
     * @param body makes the transfer's JSON for a generation
     */
    Optional<TransferRow> change(
            String repository, String tag, String digest, long bytes, Instant now, LongFunction<NewTransfer> body);

    /**
     * Counts on from a generation that nodes know already, when it is above the tag's own. The next {@link #change} of the tag makes a
     * transfer, also when the digest is the same.
     */
    void raise(String repository, String tag, long generation);

    /** What {@link #change} stores for a generation. */
    record NewTransfer(String id, String body) {}

    Optional<TransferRow> transfer(String id);

    /** The transfer of a tag's newest generation; empty when the tag was removed. */
    Optional<TransferRow> newest(String repository, String tag);

    /** Newest first. */
    List<TransferRow> transfers(int limit);

    /** Not superseded, and not final at every member. */
    List<TransferRow> unfinished();

    /** The newest transfer of every tag that was not removed. */
    List<TransferRow> current();

    /** Inserts or replaces by (transfer, node). */
    void saveParts(List<PartRow> parts);

    List<PartRow> parts(String transfer);

    /** Removes superseded and finished transfers that are older, but keeps the newest of every tag. */
    int prune(Instant before);
}
