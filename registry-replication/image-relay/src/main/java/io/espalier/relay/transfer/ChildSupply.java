package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.spool.BlobView;
import io.espalier.relay.spool.Spool;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.spool.SpooledBlob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What children read: blobs that are in the spool, that come into it, or that the node's registry has, from which they are loaded
 * once for any number of children. Never blocks its callers. Thread-safe.
 */
final class ChildSupply implements ChunkSource {
    private static final Logger log = LoggerFactory.getLogger(ChildSupply.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_HOMES = 20_000;
    private static final int MOST_LOOKS = 1_000;
    private static final int MOST_MOUNTS = 4;

    /** What the node's transfers say about a blob. */
    interface Expectations {
        /** Whether one will get it, and is not in trouble. */
        boolean isComing(String blob);

        /** Whether one would get it, but is paused. */
        boolean isPaused(String blob);

        /** A repository of the node's registry into which one has brought it. */
        Optional<String> home(String blob);

        /** Chunks of it were lost on this node's disk. */
        void lost(String blob);
    }

    /** Whether this node wants chunks of the blob that may be of this stripe, too, from that node just now. */
    @FunctionalInterface
    interface Waits {
        boolean test(String blob, NodeId node, Stripe stripe);
    }

    /** What the registry last said, and when. */
    private record Look(long at, boolean running, boolean there) {}

    private final Spool spool;
    private final RegistryClient registry;
    private final Expectations expectations;
    private final Waits waits;
    private final Supplier<List<Upstream>> upstream;
    private final ExecutorService fillers;
    private final Duration hashWait;
    private final Map<String, Set<BlobView>> views = new HashMap<>();
    private final Set<String> filling = new HashSet<>();
    private final Set<String> checking = new HashSet<>();
    private final Map<String, Set<String>> homes = bounded(MOST_HOMES);
    private final Map<String, Look> looks = bounded(MOST_LOOKS);

    /**
     * @param waits whether this node wants the same from that node just now
     * @param upstream from whom this node gets chunks, directly or not
     */
    ChildSupply(
            Spool spool,
            RegistryClient registry,
            Expectations expectations,
            Waits waits,
            Supplier<List<Upstream>> upstream,
            ExecutorService fillers,
            Duration hashWait) {
        this.spool = requireNonNull(spool, "spool is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.expectations = requireNonNull(expectations, "expectations is null");
        this.waits = requireNonNull(waits, "waits is null");
        this.upstream = requireNonNull(upstream, "upstream is null");
        this.fillers = requireNonNull(fillers, "fillers is null");
        this.hashWait = requireNonNull(hashWait, "hashWait is null");
    }

    private static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    @Override
    public Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes) {
        try {
            RepositoryName.of(repository);
            Digest.of(blob);
            if (isComplete(blob) || expectations.isComing(blob)) {
                return Optional.of(view(blob, size, chunkBytes));
            }
            Optional<String> home = expectations.home(blob);
            if (home.isEmpty() && isInRegistry(repository, blob, size)) {
                home = Optional.of(repository);
            }
            if (home.isEmpty()) {
                return expectations.isPaused(blob) ? Optional.of(new Refusal("this node is paused")) : Optional.empty();
            }
            BlobView view = view(blob, size, chunkBytes);
            fill(home.get(), view);
            return Optional.of(view);
        } catch (IllegalArgumentException | SpoolException e) {
            log.debug("A child asks for {} of {}, which cannot be given: {}", blob, repository, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Two nodes that want the same stripe of a blob of each other would both wait: a node gives nothing of it to the one it waits for.
     * In different stripes each may be the other's parent.
     */
    @Override
    public ChunkSource forChild(NodeId child) {
        return new ChunkSource() {
            @Override
            public Optional<ReadableBlob> open(String repository, String blob, long size, int chunkBytes) {
                return ChildSupply.this.open(repository, blob, size, chunkBytes);
            }

            @Override
            public Optional<ReadableBlob> open(Want want) {
                return waits.test(want.blob(), child, want.stripe())
                        ? Optional.of(new Refusal("this node waits for it from " + child + " itself"))
                        : ChildSupply.this.open(want);
            }

            @Override
            public ChunkSource forChild(NodeId other) {
                return ChildSupply.this.forChild(other);
            }

            @Override
            public List<Upstream> upstream() {
                return ChildSupply.this.upstream();
            }

            @Override
            public void complained(String blob, int chunkBytes, int index) {
                ChildSupply.this.complained(blob, chunkBytes, index);
            }
        };
    }

    @Override
    public List<Upstream> upstream() {
        return upstream.get();
    }

    @Override
    public void complained(String blob, int chunkBytes, int index) {
        synchronized (this) {
            if (!checking.add(blob)) {
                return;
            }
        }
        try {
            fillers.execute(() -> {
                try {
                    recheck(blob);
                } finally {
                    checked(blob);
                }
            });
        } catch (RejectedExecutionException e) {
            checked(blob);
            log.debug("Blob {} is not read again: too much waits.", blob);
        }
    }

    private synchronized void checked(String blob) {
        checking.remove(blob);
    }

    /** What rotted is got again, from where the blob comes or from the registry. */
    private void recheck(String blob) {
        int wrong;
        try (SpooledBlob found = spool.find(blob).orElse(null)) {
            wrong = found == null ? 0 : found.recheck().cardinality();
        }
        if (wrong == 0) {
            log.warn("A child says that a chunk of blob {} came wrong, but on this disk it is right.", blob);
            return;
        }
        log.warn("{} chunks of blob {} are no longer right on this disk and are got again.", wrong, blob);
        expectations.lost(blob);
        Optional<BlobView> waiting = viewsOf(blob).stream().findFirst();
        Optional<String> home = expectations.home(blob);
        if (waiting.isPresent() && home.isPresent()) {
            fill(home.get(), waiting.get());
        }
    }

    private BlobView view(String blob, long size, int chunkBytes) throws SpoolException {
        BlobView view = spool.view(blob, size, chunkBytes);
        synchronized (this) {
            views.computeIfAbsent(blob, any -> new HashSet<>()).add(view);
        }
        view.whenClosed(() -> closed(view));
        return view;
    }

    private synchronized void closed(BlobView view) {
        Set<BlobView> same = views.get(view.digest());
        if (same != null && same.remove(view) && same.isEmpty()) {
            views.remove(view.digest());
        }
    }

    private boolean isComplete(String blob) {
        try (SpooledBlob found = spool.find(blob).orElse(null)) {
            return found != null && found.size() > 0 && found.isComplete();
        }
    }

    /** The blob is in the registry now; children that wait for it are served from there, unless it is in the spool. */
    void inRegistry(String blob, String repository) {
        BlobView waiting;
        synchronized (this) {
            homes.computeIfAbsent(blob, any -> new LinkedHashSet<>()).add(repository);
            Set<BlobView> same = views.get(blob);
            waiting = same == null ? null : same.iterator().next();
        }
        if (waiting != null && !isComplete(blob)) {
            fill(repository, waiting);
        }
    }

    /** It will not come for now: children ask elsewhere. */
    void failed(String blob, String reason) {
        viewsOf(blob).forEach(view -> view.fail(reason));
    }

    /** Other repositories of this registry that may hold it. */
    synchronized List<String> repositoriesWith(BlobPart part) {
        Set<String> found = new LinkedHashSet<>(part.mountFrom());
        found.addAll(homes.getOrDefault(part.digest(), Set.of()));
        return new ArrayList<>(found).subList(0, Math.min(MOST_MOUNTS, found.size()));
    }

    private synchronized List<BlobView> viewsOf(String blob) {
        return List.copyOf(views.getOrDefault(blob, Set.of()));
    }

    /** Asks the registry in the background; until it has answered, the blob counts as unknown. */
    private boolean isInRegistry(String repository, String blob, long size) {
        String key = repository + "@" + blob;
        long now = System.nanoTime();
        synchronized (this) {
            Look last = looks.get(key);
            if (last != null && (last.running() || now - last.at() < LOOK_AGAIN_NANOS)) {
                return last.there();
            }
            looks.put(key, new Look(now, true, false));
        }
        try {
            fillers.execute(() -> look(key, repository, blob, size));
        } catch (RejectedExecutionException e) {
            answered(key, false);
        }
        return false;
    }

    private void look(String key, String repository, String blob, long size) {
        boolean there = false;
        try {
            there = registry.blob(RepositoryName.of(repository), Digest.of(blob), size) == BlobPresence.PROVED;
        } catch (RegistryException e) {
            log.debug("Whether the registry has {} of {} is not known: {}", blob, repository, e.getMessage());
        } finally {
            answered(key, there);
        }
    }

    private synchronized void answered(String key, boolean there) {
        looks.put(key, new Look(System.nanoTime(), false, there));
    }

    private void fill(String repository, BlobView wanted) {
        synchronized (this) {
            if (!filling.add(wanted.digest())) {
                return;
            }
        }
        try {
            fillers.execute(() -> fillNow(repository, wanted));
        } catch (RejectedExecutionException e) {
            synchronized (this) {
                filling.remove(wanted.digest());
            }
            wanted.fail("this node loads too many blobs from its registry already");
        }
    }

    private void fillNow(String repository, BlobView wanted) {
        String blob = wanted.digest();
        boolean complete = true;
        try {
            complete = new RegistryFiller(
                            registry, spool, hashWait, () -> !viewsOf(blob).isEmpty())
                    .fill(repository, blob, wanted.size(), wanted.chunkBytes());
        } catch (TransferProblem e) {
            log.warn("Blob {} of {} could not be loaded for children: {}", blob, repository, e.sentence());
            failed(blob, e.sentence());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("Blob {} of {} could not be loaded for children.", blob, repository, e);
            failed(blob, "this node failed unexpectedly; its log says why");
        } finally {
            synchronized (this) {
                filling.remove(blob);
            }
        }
        if (!complete) {
            viewsOf(blob).stream().findFirst().ifPresent(view -> fill(repository, view));
        }
    }
}
