package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Transfers in memory, by the contract of the port but that generations are counted from 1, which tests can name; fails when told
 * to.
 */
final class MemoryStore implements TransferStore {
    private final FakeMembers members;
    private final Map<String, ImageRow> images = new LinkedHashMap<>();
    private final Map<String, TransferRow> transfers = new LinkedHashMap<>();
    private final Map<String, Map<NodeId, PartRow>> parts = new LinkedHashMap<>();
    private boolean failing;
    private boolean goingAway;
    private int saves;

    MemoryStore(FakeMembers members) {
        this.members = members;
    }

    synchronized void fail(boolean now) {
        failing = now;
    }

    /** The next change is stored, but the database goes away before it says so. */
    synchronized void goAwayInTheNextCommit() {
        goingAway = true;
    }

    /** How many rows of parts were stored. */
    synchronized int saves() {
        return saves;
    }

    private void check() {
        if (failing) {
            throw new StoreException("The database of the test is away.", new IOException("test"), true);
        }
    }

    @Override
    public synchronized List<ImageRow> images() {
        return List.copyOf(images.values());
    }

    @Override
    public synchronized Optional<ImageRow> image(String repository, String tag) {
        return Optional.ofNullable(images.get(repository + " " + tag));
    }

    @Override
    public synchronized Optional<TransferRow> change(
            String repository, String tag, String digest, long bytes, Instant now, LongFunction<NewTransfer> body) {
        check();
        ImageRow before = images.get(repository + " " + tag);
        if (before != null && before.digest().equals(digest)) {
            return Optional.empty();
        }
        long generation = before == null ? 1 : before.generation() + 1;
        NewTransfer made = body.apply(generation);
        images.put(repository + " " + tag, new ImageRow(repository, tag, digest, generation, now));
        transfers.replaceAll(
                (id, row) -> row.repository().equals(repository) && row.tag().equals(tag)
                        ? new TransferRow(
                                id,
                                repository,
                                tag,
                                row.digest(),
                                row.generation(),
                                row.bytes(),
                                row.body(),
                                row.created(),
                                true)
                        : row);
        TransferRow row =
                new TransferRow(made.id(), repository, tag, digest, generation, bytes, made.body(), now, false);
        transfers.put(made.id(), row);
        if (goingAway) {
            goingAway = false;
            throw new StoreException("The database of the test went away in a commit.", new IOException("test"), true);
        }
        return Optional.of(row);
    }

    @Override
    public synchronized void raise(String repository, String tag, long generation) {
        check();
        images.computeIfPresent(
                repository + " " + tag,
                (name, row) -> row.generation() < generation
                        ? new ImageRow(repository, tag, "", generation, row.seen())
                        : row);
    }

    @Override
    public synchronized Optional<TransferRow> transfer(String id) {
        check();
        return Optional.ofNullable(transfers.get(id));
    }

    @Override
    public synchronized Optional<TransferRow> newest(String repository, String tag) {
        check();
        return current().stream()
                .filter(row -> row.repository().equals(repository) && row.tag().equals(tag))
                .findFirst()
                .map(row -> transfers.get(row.id()));
    }

    @Override
    public synchronized List<TransferRow> transfers(int limit) {
        List<TransferRow> newest = new ArrayList<>(transfers.values());
        Collections.reverse(newest);
        return newest.stream().limit(limit).map(TransferRow::withoutBody).toList();
    }

    @Override
    public synchronized List<TransferRow> unfinished() {
        return transfers.values().stream()
                .filter(row -> !row.superseded() && !isFinalEverywhere(row))
                .map(TransferRow::withoutBody)
                .toList();
    }

    private boolean isFinalEverywhere(TransferRow row) {
        Map<NodeId, PartRow> known = parts.getOrDefault(row.id(), Map.of());
        return members.all().stream().allMatch(member -> {
            PartRow part = known.get(member.id());
            return part != null && part.report().state().isFinal();
        });
    }

    @Override
    public synchronized List<TransferRow> current() {
        return transfers.values().stream()
                .filter(row -> !row.superseded())
                .map(TransferRow::withoutBody)
                .toList();
    }

    @Override
    public synchronized void saveParts(List<PartRow> rows) {
        check();
        saves += rows.size();
        rows.forEach(row -> parts.computeIfAbsent(row.transfer(), id -> new LinkedHashMap<>())
                .put(row.node(), row));
    }

    @Override
    public synchronized List<PartRow> parts(String transfer) {
        Collection<PartRow> rows = parts.getOrDefault(transfer, Map.of()).values();
        return rows.stream().sorted(Comparator.comparing(PartRow::node)).toList();
    }

    /** What is stored of a transfer cannot be understood any more. */
    synchronized void damage(String transfer) {
        transfers.computeIfPresent(
                transfer,
                (id, row) -> new TransferRow(
                        id,
                        row.repository(),
                        row.tag(),
                        row.digest(),
                        row.generation(),
                        row.bytes(),
                        "{",
                        row.created(),
                        row.superseded()));
    }

    /** As the database does when a node is removed. */
    synchronized void forgetNode(String node) {
        parts.values().forEach(rows -> rows.remove(FakeMembers.id(node)));
    }

    /** What a node's part is stored as. */
    synchronized Optional<TransferState> state(String transfer, String node) {
        return Optional.ofNullable(parts.getOrDefault(transfer, Map.of()).get(FakeMembers.id(node)))
                .map(row -> row.report().state());
    }

    @Override
    public int prune(Instant before) {
        return 0;
    }
}
