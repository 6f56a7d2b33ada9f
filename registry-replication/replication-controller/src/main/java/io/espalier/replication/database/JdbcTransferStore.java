package io.espalier.replication.database;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.database.Sql.Statements;
import io.espalier.replication.store.TransferStore;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Images, transfers and their parts as rows. */
public final class JdbcTransferStore implements TransferStore {
    private static final String FINAL_STATES = Arrays.stream(TransferState.values())
            .filter(TransferState::isFinal)
            .map(state -> "'" + state + "'")
            .collect(Collectors.joining(", "));
    /** All but the body. */
    private static final String LISTED =
            "t.id, t.repository, t.tag, t.digest, t.generation, t.bytes, t.created_at, t.superseded";

    private static final String UNFINISHED = """
            SELECT %s FROM transfer t WHERE t.superseded = ? AND EXISTS (SELECT n.id FROM node n WHERE NOT EXISTS
            (SELECT p.node FROM transfer_part p WHERE p.transfer = t.id AND p.node = n.id AND p.state IN (%s)))
            ORDER BY t.created_at DESC, t.id DESC""".formatted(LISTED, FINAL_STATES);
    private static final String CURRENT = """
            SELECT %s FROM transfer t JOIN (SELECT repository, tag, MAX(generation) AS newest FROM transfer
            GROUP BY repository, tag) g ON g.repository = t.repository AND g.tag = t.tag AND g.newest = t.generation
            WHERE t.superseded = ? ORDER BY t.created_at DESC, t.id DESC""".formatted(LISTED);
    /** No image has an empty digest. */
    private static final String RAISE =
            "UPDATE image SET generation = ?, digest = '' WHERE repository = ? AND tag = ? AND generation < ?";

    private static final String NEWEST = "SELECT * FROM transfer WHERE repository = ? AND tag = ? AND superseded = ?"
            + " ORDER BY generation DESC LIMIT 1";
    /** The newest transfer of a tag that is replicated is never superseded, so what is superseded may go. */
    private static final String PRUNE = "DELETE FROM transfer WHERE superseded = ? AND created_at < ?";

    private final Sql sql;

    JdbcTransferStore(Sql sql) {
        this.sql = requireNonNull(sql, "sql is null");
    }

    @Override
    public List<ImageRow> images() {
        return sql.transaction(
                "list the images",
                tx -> tx.list("SELECT * FROM image ORDER BY repository, tag", TransferRows::readImage));
    }

    @Override
    public Optional<ImageRow> image(String repository, String tag) {
        return sql.transaction(
                "find image " + repository + ":" + tag,
                tx -> tx.first(
                        "SELECT * FROM image WHERE repository = ? AND tag = ?",
                        TransferRows::readImage,
                        repository,
                        tag));
    }

    /** The function may be called more than once: again when another change of the same tag came first. */
    @Override
    public Optional<TransferRow> change(
            String repository, String tag, String digest, long bytes, Instant now, LongFunction<NewTransfer> body) {
        return sql.transaction("note that " + repository + ":" + tag + " is " + digest, tx -> {
            // Locked, so that changes of one tag come one after another.
            Optional<ImageRow> known = tx.first(
                    "SELECT * FROM image WHERE repository = ? AND tag = ? FOR UPDATE",
                    TransferRows::readImage,
                    repository,
                    tag);
            if (known.isPresent() && known.get().digest().equals(digest)) {
                return Optional.empty();
            }
            long generation = Math.max(known.map(ImageRow::generation).orElse(0L) + 1, now.toEpochMilli());
            tx.update(
                    known.isPresent()
                            ? "UPDATE image SET digest = ?, generation = ?, seen_at = ? WHERE repository = ? AND tag = ?"
                            : "INSERT INTO image (digest, generation, seen_at, repository, tag) VALUES (?, ?, ?, ?, ?)",
                    digest,
                    generation,
                    now.toEpochMilli(),
                    repository,
                    tag);
            NewTransfer made = body.apply(generation);
            TransferRow row = new TransferRow(
                    made.id(), repository, tag, digest, generation, bytes, made.body(), millis(now), false);
            supersede(tx, row);
            return Optional.of(row);
        });
    }

    @Override
    public void raise(String repository, String tag, long generation) {
        sql.transaction(
                "count on from generation " + generation + " of " + repository + ":" + tag,
                tx -> tx.update(RAISE, generation, repository, tag, generation));
    }

    private static void supersede(Statements tx, TransferRow row) throws SQLException {
        tx.update(
                "UPDATE transfer SET superseded = ? WHERE repository = ? AND tag = ? AND superseded = ?",
                true,
                row.repository(),
                row.tag(),
                false);
        tx.update(
                "INSERT INTO transfer (id, repository, tag, digest, generation, bytes, body, created_at, superseded)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row.id(),
                row.repository(),
                row.tag(),
                row.digest(),
                row.generation(),
                row.bytes(),
                row.body(),
                row.created().toEpochMilli(),
                false);
    }

    private static Instant millis(Instant exact) {
        return Instant.ofEpochMilli(exact.toEpochMilli());
    }

    @Override
    public Optional<TransferRow> transfer(String id) {
        return sql.transaction(
                "find transfer " + id,
                tx -> tx.first("SELECT * FROM transfer WHERE id = ?", TransferRows::readTransfer, id));
    }

    @Override
    public Optional<TransferRow> newest(String repository, String tag) {
        return sql.transaction(
                "find the newest transfer of " + repository + ":" + tag,
                tx -> tx.first(NEWEST, TransferRows::readTransfer, repository, tag, false));
    }

    @Override
    public List<TransferRow> transfers(int limit) {
        return sql.transaction(
                "list the transfers",
                tx -> tx.list(
                        "SELECT " + LISTED + " FROM transfer t"
                                + " ORDER BY created_at DESC, generation DESC, id DESC LIMIT ?",
                        TransferRows::readListed,
                        limit));
    }

    @Override
    public List<TransferRow> unfinished() {
        return sql.transaction(
                "list the unfinished transfers", tx -> tx.list(UNFINISHED, TransferRows::readListed, false));
    }

    @Override
    public List<TransferRow> current() {
        return sql.transaction("list the current transfers", tx -> tx.list(CURRENT, TransferRows::readListed, false));
    }

    /** Parts of transfers that are no longer known are left out. */
    @Override
    public void saveParts(List<PartRow> parts) {
        sql.transaction("store " + parts.size() + " parts of transfers", tx -> {
            Map<String, Boolean> known = new HashMap<>();
            for (PartRow part : parts) {
                if (!known.containsKey(part.transfer())) {
                    known.put(
                            part.transfer(),
                            tx.first("SELECT id FROM transfer WHERE id = ?", row -> true, part.transfer())
                                    .isPresent());
                }
                if (Boolean.TRUE.equals(known.get(part.transfer()))) {
                    TransferRows.savePart(tx, part);
                }
            }
            return true;
        });
    }

    @Override
    public List<PartRow> parts(String transfer) {
        return sql.transaction(
                "list the parts of transfer " + transfer,
                tx -> tx.list(
                        "SELECT * FROM transfer_part WHERE transfer = ? ORDER BY node",
                        TransferRows::readPart,
                        transfer));
    }

    @Override
    public int prune(Instant before) {
        return sql.transaction("prune the transfers", tx -> tx.update(PRUNE, true, before.toEpochMilli()));
    }
}
