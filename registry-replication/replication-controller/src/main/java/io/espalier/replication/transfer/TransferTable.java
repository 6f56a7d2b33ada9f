package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transfers that run, and those that wait because enough run. A transfer that most nodes have no longer counts, so that one
 * slow node holds up nobody. Thread-safe.
 */
final class TransferTable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferTable.class);
    private static final int MAX_ACTIVE = 16;
    private static final int MAX_RUNNING = 2_000;
    private static final int SHOWN = 5;

    /** What waits and how important it is. */
    private record Waiting(String id, int priority, Instant created) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            int byPriority = Integer.compare(other.priority, priority);
            return byPriority != 0 ? byPriority : created.compareTo(other.created);
        }
    }

    private final TransferStore store;
    private final Members members;
    private final WindowDesk windows;
    private final int mostRunning;
    private final MessageCodec codec = new MessageCodec();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    /**
     * Over, but what nodes said of them is not stored yet. There are no more than ran when the database went away, since none begins
     * without it.
     */
    private final Map<String, Running> unstored = new ConcurrentHashMap<>();

    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    /** Of those that wait, since many are asked for when a node comes. */
    private final Set<String> waitingIds = new HashSet<>();

    private final Object admission = new Object();
    private final AtomicBoolean failing = new AtomicBoolean();

    TransferTable(TransferStore store, Members members, WindowDesk windows) {
        this(store, members, windows, MAX_RUNNING);
    }

    /** @param mostRunning with so many on the table nothing new begins, however far they are */
    TransferTable(TransferStore store, Members members, WindowDesk windows, int mostRunning) {
        this.mostRunning = mostRunning;
        this.windows = requireNonNull(windows, "windows is null");
        this.store = requireNonNull(store, "store is null");
        this.members = requireNonNull(members, "members is null");
    }

    Optional<Running> find(String id) {
        return Optional.ofNullable(running.get(id));
    }

    /** One that runs, or that is over and not stored whole. */
    Optional<Running> known(String id) {
        return find(id).or(() -> Optional.ofNullable(unstored.get(id)));
    }

    Collection<Running> all() {
        return running.values();
    }

    /** The running ones of a tag. */
    List<Running> of(String repository, String tag) {
        return running.values().stream()
                .filter(one -> one.row().repository().equals(repository)
                        && one.row().tag().equals(tag))
                .toList();
    }

    /** Lets a transfer run as soon as others leave room. */
    synchronized void enqueue(TransferRow row, int priority) {
        add(new Waiting(row.id(), priority, row.created()));
    }

    private void add(Waiting one) {
        if (waitingIds.add(one.id())) {
            waiting.add(one);
        }
    }

    synchronized boolean isWaiting(String id) {
        return waitingIds.contains(id);
    }

    synchronized Optional<Instant> oldestWaiting() {
        return waiting.stream().map(Waiting::created).min(Instant::compareTo);
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** The next that may run, with all members as targets; empty when none waits or enough run. */
    Optional<Running> admit() {
        // One at a time, or two would take the same room.
        synchronized (admission) {
            while (hasRoom()) {
                Optional<Waiting> first = takeWaiting();
                if (first.isEmpty()) {
                    return Optional.empty();
                }
                Optional<Running> next = admit(first.get());
                if (next.isPresent()) {
                    return next;
                }
            }
            return Optional.empty();
        }
    }

    private Optional<Running> admit(Waiting first) {
        try {
            return revive(first.id(), members.all().stream().map(Member::id).toList());
        } catch (StoreException e) {
            putBack(first);
            throw e;
        }
    }

    private synchronized Optional<Waiting> takeWaiting() {
        Optional<Waiting> first = Optional.ofNullable(waiting.poll());
        first.ifPresent(one -> waitingIds.remove(one.id()));
        return first;
    }

    private synchronized void putBack(Waiting first) {
        add(first);
    }

    private boolean hasRoom() {
        List<Member> connected =
                members.all().stream().filter(Member::connected).toList();
        long active = running.values().stream()
                .filter(one -> !one.isMostlyThere(awake(connected, one)))
                .count();
        return active < MAX_ACTIVE && running.size() < mostRunning;
    }

    /** Why nothing new begins although few transfers are busy: nodes that are there take none; empty while there is room. */
    Optional<String> problem() {
        int all = running.size();
        if (all < mostRunning) {
            return Optional.empty();
        }
        Set<NodeId> connected = connected();
        Map<NodeId, Long> open = running.values().stream()
                .flatMap(one -> one.targets().stream()
                        .filter(node ->
                                connected.contains(node) && !one.state(node).isFinal()))
                .collect(Collectors.groupingBy(node -> node, Collectors.counting()));
        String nodes = open.entrySet().stream()
                .sorted(Map.Entry.<NodeId, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN)
                .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                .collect(Collectors.joining(", ", "", open.size() > SHOWN ? ", ..." : ""));
        return Optional.of(all + " transfers wait for nodes " + nodes
                + ", so nothing new starts at any node. image:status REPOSITORY:TAG and node:list say why they wait; mend these"
                + " nodes, resume them if they are paused, or remove them with node:remove.");
    }

    /** Those that do not wait for their window, which may be hours away. */
    private Set<NodeId> awake(List<Member> connected, Running one) {
        return connected.stream()
                .filter(member -> !windows.isClosed(member, one))
                .map(Member::id)
                .collect(Collectors.toSet());
    }

    /** Lets a stored transfer run for these nodes, besides others for which it may run already. */
    Optional<Running> revive(String id, Collection<NodeId> targets) {
        Running found = running.get(id);
        if (found == null || found.isOver()) {
            storeLate(id);
            Optional<TransferRow> row = store.transfer(id).filter(one -> !one.superseded());
            if (row.isEmpty()) {
                return Optional.empty();
            }
            // What was cancelled at a node begins anew.
            List<PartRow> parts = parts(id).stream()
                    .filter(part -> part.report().state() == TransferState.DONE
                            || !part.report().state().isFinal())
                    .toList();
            found = begin(row.get().withoutBody(), read(row.get()), parts);
        }
        found.renew(targets);
        found.planIn(0);
        return Optional.of(found);
    }

    private void storeLate(String id) {
        Running late = unstored.get(id);
        if (late != null) {
            List<PartRow> rows = late.takeUnstored(node -> true);
            try {
                store.saveParts(rows);
            } catch (StoreException e) {
                late.notStored(rows);
                throw e;
            }
            unstored.remove(id, late);
        }
    }

    private Running begin(TransferRow row, Transfer transfer, List<PartRow> parts) {
        Running found = running.compute(
                row.id(),
                (id, before) -> before == null || before.isOver() ? new Running(row, transfer, parts) : before);
        return requireNonNull(found, "found is null");
    }

    /** What nodes said of a transfer since they joined. */
    List<PartRow> parts(String id) {
        Map<NodeId, Instant> joined =
                members.all().stream().collect(Collectors.toMap(Member::id, Member::joined, (first, second) -> first));
        return store.parts(id).stream()
                .filter(part -> {
                    Instant since = joined.get(part.node());
                    return since != null && !part.at().isBefore(since);
                })
                .toList();
    }

    /** Reads the body of a row. */
    Transfer read(TransferRow row) {
        return codec.decodeRecord(row.body(), Transfer.class);
    }

    String write(Transfer transfer) {
        return codec.encodeRecord(transfer);
    }

    Set<NodeId> connected() {
        return members.all().stream().filter(Member::connected).map(Member::id).collect(Collectors.toSet());
    }

    /** Stores what nodes said; logs when that fails and keeps it for the next time. */
    void persist(Running one, List<PartRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        try {
            store.saveParts(rows);
            if (failing.getAndSet(false)) {
                LOG.info("Reports of nodes are stored again.");
            }
        } catch (StoreException e) {
            one.notStored(rows);
            if (one.isOver()) {
                // It may have ended while this waited for the database.
                unstored.put(one.row().id(), one);
            }
            if (!e.isAway() && !failing.getAndSet(true)) {
                LOG.warn("Reports of nodes cannot be stored; it is tried again: {}", e.getMessage());
            }
        }
    }

    /** Stores all that nodes said and that is not stored yet. */
    void persistAll() {
        running.values().forEach(one -> persist(one, one.takeUnstored(node -> true)));
        for (Running late : List.copyOf(unstored.values())) {
            persist(late, late.takeUnstored(node -> true));
            if (!late.hasUnstored()) {
                unstored.remove(late.row().id(), late);
            }
        }
    }

    /** Forgets finished and superseded transfers that are older, but never the newest of a tag. */
    void prune(Instant before) {
        int gone = store.prune(before);
        if (gone > 0) {
            LOG.info("{} transfers from before {} are forgotten.", gone, before);
        }
    }

    /** Takes it off the table; true when it was on it. */
    boolean remove(Running one) {
        one.end();
        persist(one, one.takeUnstored(node -> true));
        if (one.hasUnstored()) {
            unstored.put(one.row().id(), one);
        }
        return running.remove(one.row().id(), one);
    }
}
