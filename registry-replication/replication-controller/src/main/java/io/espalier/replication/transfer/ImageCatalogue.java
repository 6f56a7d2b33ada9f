package io.espalier.replication.transfer;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Transfer;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The newest transfer of every tag, who has it, and which repositories hold which blobs; in memory. Thread-safe. */
final class ImageCatalogue {
    private static final int MAX_BLOBS = 200_000;
    private static final int MAX_REPOSITORIES_A_BLOB = 4;

    private record Entry(TransferRow row, int priority, Set<String> manifests, List<String> blobs, BitSet done) {}

    private final Map<String, Map<String, Entry>> byRepository = new HashMap<>();
    private final Map<String, Entry> byTransfer = new HashMap<>();
    private final Set<ImageName> outdated = new HashSet<>();
    private final Map<NodeId, Integer> numbers = new HashMap<>();
    private final Map<String, Set<String>> holders = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<String>> eldest) {
            return size() > MAX_BLOBS;
        }
    };

    /** Takes the place of the tag's entry; nobody has it yet. */
    synchronized void put(TransferRow row, Transfer transfer) {
        Set<String> manifests = new HashSet<>();
        for (ManifestPart manifest : transfer.manifests()) {
            manifests.add(manifest.digest());
        }
        List<String> blobs = transfer.blobs().stream().map(BlobPart::digest).toList();
        Entry entry = new Entry(row.withoutBody(), transfer.priority(), Set.copyOf(manifests), blobs, new BitSet());
        Entry before = byRepository
                .computeIfAbsent(row.repository(), name -> new HashMap<>())
                .put(row.tag(), entry);
        if (before != null) {
            byTransfer.remove(before.row().id());
        }
        byTransfer.put(row.id(), entry);
        ImageName.find(row.repository(), row.tag()).ifPresent(outdated::remove);
        for (String blob : blobs) {
            Set<String> repositories = holders.computeIfAbsent(blob, digest -> new LinkedHashSet<>());
            if (repositories.size() < MAX_REPOSITORIES_A_BLOB) {
                repositories.add(row.repository());
            }
        }
    }

    synchronized Optional<TransferRow> find(ImageName name) {
        return Optional.ofNullable(
                        byRepository.getOrDefault(name.repository(), Map.of()).get(name.reference()))
                .map(Entry::row);
    }

    /** A tag's newest transfer by its id. */
    synchronized Optional<TransferRow> find(String transfer) {
        return Optional.ofNullable(byTransfer.get(transfer)).map(Entry::row);
    }

    /** The tag needs a new transfer, although its digest is as before. */
    synchronized void outdate(ImageName name) {
        outdated.add(name);
    }

    /** The digest with which the tag was sent last; empty when it has to be sent in any case. */
    synchronized Optional<String> sentDigest(ImageName name) {
        return outdated.contains(name) ? Optional.empty() : find(name).map(TransferRow::digest);
    }

    /** Whether some image of the repository that is replicated has this manifest. */
    synchronized boolean hasManifest(String repository, String digest) {
        return byRepository.getOrDefault(repository, Map.of()).values().stream()
                .anyMatch(entry -> entry.manifests().contains(digest));
    }

    /** Whether another image of its repository that is replicated has this manifest too. */
    synchronized boolean othersHave(ImageName name, String digest) {
        return byRepository.getOrDefault(name.repository(), Map.of()).entrySet().stream()
                .anyMatch(entry -> !entry.getKey().equals(name.reference())
                        && entry.getValue().manifests().contains(digest));
    }

    /** The tag is replicated no longer. */
    synchronized void remove(ImageName name) {
        Map<String, Entry> tags = byRepository.get(name.repository());
        Entry gone = tags == null ? null : tags.remove(name.reference());
        if (gone != null) {
            byTransfer.remove(gone.row().id());
            outdated.remove(name);
        }
    }

    /** Other repositories that hold a blob. */
    synchronized List<String> mountFrom(String repository, String blob) {
        return holders.getOrDefault(blob, Set.of()).stream()
                .filter(name -> !name.equals(repository))
                .toList();
    }

    synchronized void done(String transfer, NodeId node) {
        Entry entry = byTransfer.get(transfer);
        if (entry != null) {
            entry.done().set(number(node));
        }
    }

    /** Of a tag's newest transfer, 1 to 10; empty when it is not. */
    synchronized OptionalInt priority(String transfer) {
        Entry entry = byTransfer.get(transfer);
        return entry == null ? OptionalInt.empty() : OptionalInt.of(entry.priority());
    }

    /** The node has it no longer, or is to prove that it has. */
    synchronized void lost(String transfer, NodeId node) {
        Entry entry = byTransfer.get(transfer);
        if (entry != null) {
            entry.done().clear(number(node));
        }
    }

    /** The newest transfer of every tag. */
    synchronized List<TransferRow> current() {
        return byTransfer.values().stream().map(Entry::row).toList();
    }

    synchronized boolean isDone(String transfer, NodeId node) {
        Entry entry = byTransfer.get(transfer);
        return entry != null && entry.done().get(number(node));
    }

    /** Ids of transfers that a node has not, most important first, then newest first. */
    synchronized List<String> missingAt(NodeId node) {
        int number = number(node);
        return byTransfer.values().stream()
                .filter(entry -> !entry.done().get(number))
                .sorted(Comparator.comparingInt(Entry::priority)
                        .thenComparing(entry -> entry.row().created())
                        .reversed())
                .map(entry -> entry.row().id())
                .toList();
    }

    /** Digests of all blobs that a node has in some repository. */
    synchronized Set<String> blobsAt(NodeId node) {
        int number = number(node);
        Set<String> blobs = new HashSet<>();
        byTransfer.values().stream()
                .filter(entry -> entry.done().get(number))
                .forEach(entry -> blobs.addAll(entry.blobs()));
        return blobs;
    }

    /** Forgets what a node has. */
    synchronized void forget(NodeId node) {
        int number = number(node);
        byTransfer.values().forEach(entry -> entry.done().clear(number));
    }

    /** All images by name, with how many of these nodes have each. */
    synchronized List<ImageSummary> summaries(Set<NodeId> nodes) {
        BitSet asked = new BitSet();
        nodes.forEach(node -> asked.set(number(node)));
        return byTransfer.values().stream()
                .map(entry -> summary(entry, asked))
                .sorted(Comparator.comparing(ImageSummary::repository).thenComparing(ImageSummary::tag))
                .toList();
    }

    private static ImageSummary summary(Entry entry, BitSet asked) {
        BitSet having = (BitSet) entry.done().clone();
        having.and(asked);
        TransferRow row = entry.row();
        return new ImageSummary(
                row.repository(),
                row.tag(),
                row.digest(),
                row.generation(),
                row.bytes(),
                row.id(),
                having.cardinality(),
                asked.cardinality());
    }

    private int number(NodeId node) {
        Integer known = numbers.putIfAbsent(node, numbers.size());
        return known == null ? numbers.size() - 1 : known;
    }
}
