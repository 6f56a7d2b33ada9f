package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.window.WindowRules;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Transfers as operators see them: what is stored, and over it what nodes said last. Thread-safe. */
final class TransferBook {
    private final TransferStore store;
    private final TransferTable table;
    private final ImageCatalogue catalogue;
    private final Members members;
    private final WindowDesk windows;

    TransferBook(
            TransferStore store, TransferTable table, ImageCatalogue catalogue, Members members, WindowDesk windows) {
        this.windows = requireNonNull(windows, "windows is null");
        this.store = requireNonNull(store, "store is null");
        this.table = requireNonNull(table, "table is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.members = requireNonNull(members, "members is null");
    }

    List<TransferView> newest(int limit) {
        return views(store.transfers(limit));
    }

    List<ImageSummary> images() {
        Set<NodeId> nodes = members.all().stream().map(Member::id).collect(Collectors.toSet());
        return catalogue.summaries(nodes);
    }

    Optional<TransferView> newest(ImageName image) {
        return catalogue.find(image).flatMap(row -> views(List.of(row)).stream().findFirst());
    }

    Optional<TransferView> find(String id) {
        return store.transfer(id).flatMap(row -> views(List.of(row)).stream().findFirst());
    }

    private List<TransferView> views(List<TransferRow> rows) {
        List<Member> all = members.all();
        Set<NodeId> connected =
                all.stream().filter(Member::connected).map(Member::id).collect(Collectors.toSet());
        Set<NodeId> nodes = all.stream().map(Member::id).collect(Collectors.toCollection(TreeSet::new));
        return rows.stream().map(row -> view(row, nodes, connected)).toList();
    }

    /** A node that has a newer generation than the master's newest. */
    private static NodeProgress explained(TransferRow row, NodeProgress node) {
        TransferReport report = node.report();
        boolean companion = row.tag().equals(row.digest())
                || ImageName.subjectOfTag(row.tag()).isPresent();
        if (report.state() != TransferState.SUPERSEDED || companion) {
            // Tags of signatures are sent with several images, and the last one counts.
            return node;
        }
        return node.saying(
                "The node has set a newer generation of this tag and keeps it, so the master's clock or database is behind; see"
                        + " Backup in the guide.");
    }

    /** A node that is outside of its window. */
    private NodeProgress waiting(TransferRow row, NodeProgress node) {
        if (node.report().state().isFinal()) {
            return node;
        }
        return members.find(node.node())
                .flatMap(member -> windows.opensAt(member, row.repository(), row.bytes()))
                .map(opens -> node.saying(WindowRules.sentence(opens)))
                .orElse(node);
    }

    private TransferView view(TransferRow row, Collection<NodeId> nodes, Set<NodeId> connected) {
        Optional<Running> running = table.known(row.id());
        // What is stored may be some seconds behind while it runs.
        List<NodeProgress> progress = running.isPresent()
                ? running.get().progress(nodes, connected::contains)
                : Running.progress(row, table.parts(row.id()), nodes, connected::contains);
        if (!row.superseded()) {
            progress.replaceAll(node -> waiting(row, explained(row, node)));
        }
        return new TransferView(
                row.id(),
                row.repository(),
                row.tag(),
                row.digest(),
                row.generation(),
                row.bytes(),
                row.created(),
                row.superseded(),
                running.map(Running::problem).orElse(""),
                progress);
    }
}
