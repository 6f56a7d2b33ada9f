package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Takes what nodes say of transfers, and their coming and going. Thread-safe. */
final class NodeDesk implements MemberListener {
    private static final Logger LOG = LoggerFactory.getLogger(NodeDesk.class);
    /** Several nodes that come together are planned for once. */
    private static final long COMING_NANOS = Duration.ofMillis(300).toNanos();
    /** Children repair by themselves meanwhile. */
    private static final long GOING_NANOS = Duration.ofSeconds(1).toNanos();

    private final TransferTable table;
    private final ImageCatalogue catalogue;
    private final Backfiller backfiller;
    private final Members members;
    private final TransferStore store;
    private final Verifier verifier;
    private final TransferFigures figures;
    private final TransferSettings settings;
    private final Clock clock;
    private final Runnable rescan;
    private final LostHistory history;
    private final WindowDesk windows;
    private final KnownRegistries registries;
    private final LateReports late = new LateReports();
    private volatile boolean closed;

    /** @param rescan looks at the whole registry soon, for policy {@link Backfill#ALL} */
    NodeDesk(
            TransferTable table,
            ImageCatalogue catalogue,
            Backfiller backfiller,
            Members members,
            TransferStore store,
            Verifier verifier,
            TransferFigures figures,
            TransferSettings settings,
            Clock clock,
            Runnable rescan,
            LostHistory history,
            KnownRegistries registries,
            WindowDesk windows) {
        this.windows = requireNonNull(windows, "windows is null");
        this.table = requireNonNull(table, "table is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.backfiller = requireNonNull(backfiller, "backfiller is null");
        this.members = requireNonNull(members, "members is null");
        this.store = requireNonNull(store, "store is null");
        this.verifier = requireNonNull(verifier, "verifier is null");
        this.figures = requireNonNull(figures, "figures is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.rescan = requireNonNull(rescan, "rescan is null");
        this.history = requireNonNull(history, "history is null");
        this.registries = requireNonNull(registries, "registries is null");
    }

    /** Does nothing any more, also with what it is just being told. */
    void close() {
        closed = true;
    }

    @Override
    public void connected(Member member, NodeMessage.Hello hello) {
        if (!closed) {
            came(member, hello.transfers());
        }
    }

    /**
     * A node is there, or was when this desk opened.
     *
     * @param transfers what it says that it knows
     */
    void came(Member member, List<TransferReport> transfers) {
        windows.forget(member.id());
        registries.came(member);
        for (Running running : table.all()) {
            running.forgetLink(member.id());
            running.addTargets(List.of(member.id()));
            running.planIn(COMING_NANOS);
        }
        take(member.id(), transfers);
        if (settings.backfill() != Backfill.NONE) {
            backfiller.begin(member.id());
        }
        if (settings.backfill() == Backfill.ALL) {
            rescan.run();
        }
    }

    @Override
    public void received(Member member, NodeMessage message) {
        if (closed) {
            return;
        }
        if (message instanceof NodeMessage.Report report) {
            take(member.id(), report.transfers());
        } else if (message instanceof NodeMessage.Checked checked) {
            verifier.answered(member.id(), checked.request(), checked.image())
                    .or(() -> verifier.late(member.id(), checked.image()))
                    .ifPresent(this::found);
        } else if (message instanceof NodeMessage.Checking checking) {
            verifier.heard(member.id(), checking);
        }
    }

    private void found(Verifier.Finding finding) {
        try {
            if (!finding.verdict().right() && finding.verdict().known()) {
                catalogue
                        .find(finding.image())
                        .filter(row -> row.digest().equals(finding.asked()))
                        .filter(row ->
                                catalogue.isDone(row.id(), finding.verdict().node()))
                        .ifPresent(row -> lost(row, finding.verdict()));
            }
        } catch (StoreException e) {
            LOG.warn(
                    "That node {} has {} no longer could not be stored: {}",
                    finding.verdict().node(),
                    finding.image(),
                    e.getMessage());
        } finally {
            finding.settle();
        }
    }

    /** The node had it once, by its own word, so that it would not be sent again by itself. */
    private void lost(TransferRow row, Verdict verdict) {
        NodeId node = verdict.node();
        LOG.warn("Node {} has {}:{} no longer: {}", node, row.repository(), row.tag(), verdict.problem());
        PartRow part = new PartRow(row.id(), node, Running.lost(row, verdict.problem()), clock.instant());
        store.saveParts(List.of(part));
        catalogue.lost(row.id(), node);
        table.find(row.id()).ifPresent(running -> running.report(node, part.report(), part.at()));
    }

    @Override
    public void away(Member member) {
        if (closed) {
            return;
        }
        backfiller.forget(member.id());
        verifier.gone(member.id());
        for (Running running : table.all()) {
            boolean parent = running.isParent(member.id());
            running.forgetLink(member.id());
            if (parent) {
                running.planIn(GOING_NANOS);
            }
            finishIfDone(running);
        }
    }

    @Override
    public void removed(Member member) {
        if (!closed) {
            // First, so that nothing of it is stored again when a transfer ends by its going.
            table.all().forEach(running -> running.forget(member.id()));
            late.forget(member.id());
            registries.forget(member.id());
            catalogue.forget(member.id());
            away(member);
        }
    }

    private void take(NodeId node, List<TransferReport> reports) {
        for (TransferReport report : reports) {
            try {
                take(node, report);
                late.drop(node, report.transfer());
            } catch (StoreException e) {
                late.keep(node, report);
                if (!e.isAway()) {
                    LOG.warn("A report of node {} could not be stored: {}", node, e.getMessage());
                }
            }
        }
    }

    /**
     * Takes reports again that came while the database was away.
     *
     * @throws StoreException when it still is
     */
    void takeLate() {
        for (Optional<LateReports.Late> next = late.oldest(); next.isPresent(); next = late.oldest()) {
            takeLate(next.get());
            late.drop(next.get());
        }
    }

    private void takeLate(LateReports.Late one) {
        try {
            take(one.node(), one.report());
        } catch (StoreException e) {
            if (e.isAway()) {
                throw e;
            }
            LOG.warn("A report of node {} is left, since the database refuses it: {}", one.node(), e.getMessage());
        }
    }

    private void take(NodeId node, TransferReport report) {
        history.check(node, report);
        Optional<Running> found = table.find(report.transfer());
        if (found.isPresent()) {
            note(found.get(), node, report);
        } else if (!catalogue.isDone(report.transfer(), node)) {
            notRunning(node, report);
        }
    }

    private void note(Running running, NodeId node, TransferReport report) {
        TransferState before = running.state(node);
        boolean origin = members.find(node).filter(Member::master).isPresent();
        figures.count(node, origin, running.report(node), report);
        boolean changed = running.report(node, report, clock.instant());
        if (report.state() == TransferState.DONE) {
            catalogue.done(report.transfer(), node);
        }
        if (changed) {
            table.persist(running, running.takeUnstored(node::equals));
            log(running, node, before, report);
        }
        finishIfDone(running);
    }

    private static void log(Running running, NodeId node, TransferState before, TransferReport report) {
        TransferRow row = running.row();
        if (report.state() == TransferState.RETRYING) {
            LOG.warn("Node {} tries {}:{} again: {}", node, row.repository(), row.tag(), report.problem());
        } else if (before != report.state()) {
            // The steps between would be most lines of the log where images come quickly.
            Level level = report.state() == TransferState.DONE ? Level.INFO : Level.DEBUG;
            LOG.atLevel(level).log("Node {} is {} with {}:{}.", node, report.state(), row.repository(), row.tag());
        }
    }

    /** A transfer that is over, or was made by another master, or by this one before it restarted. */
    private void notRunning(NodeId node, TransferReport report) {
        Optional<TransferRow> row = store.transfer(report.transfer());
        boolean superseded = row.filter(TransferRow::superseded).isPresent();
        boolean unreadable = catalogue.priority(report.transfer()).isEmpty();
        if (row.isEmpty() || superseded || unreadable) {
            if (!report.state().isFinal()) {
                String why = superseded ? "A newer one took its place." : "The master does not know it.";
                members.send(node, new MasterMessage.Cancel(report.transfer(), why));
            }
            return;
        }
        store.saveParts(List.of(new PartRow(report.transfer(), node, report, clock.instant())));
        if (report.state() == TransferState.DONE) {
            catalogue.done(report.transfer(), node);
        } else if (!report.state().isFinal() && !table.isWaiting(report.transfer())) {
            table.revive(report.transfer(), List.of(node));
        }
    }

    /** Takes a transfer off the table when all who are there have it. */
    void finishIfDone(Running running) {
        List<NodeId> there =
                table.connected().stream().filter(running::isTarget).toList();
        if (there.isEmpty() || !running.isFinished(there) || !table.remove(running)) {
            return;
        }
        TransferRow row = running.row();
        long having = there.stream().filter(running::isDone).count();
        Instant now = clock.instant();
        LOG.info(
                "{}:{} is at {} of {} connected nodes, {} ms after it was found.",
                row.repository(),
                row.tag(),
                having,
                there.size(),
                Duration.between(row.created(), now).toMillis());
    }
}
