package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.HashSource;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.removal.ReplicatedImages;
import io.espalier.replication.retention.StoredImage;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every image that changes in the master's registry to every member: from the change of a tag to the last report. Owns its
 * threads. Thread-safe.
 */
public final class Replicator implements Replication, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);
    private static final int MAX_CHANGES = 20_000;
    private static final int CHANGE_THREADS = 2;
    private static final int HASH_THREADS = 2;
    private static final long CLOSE_SECONDS = 5;
    /** A node lags when it got nothing for this part of the time after which it is helped anyway. */
    private static final int IDLE_PARTS = 4;

    private final Members members;
    private final ImageSource source;
    private final ReplicatorTiming timing;
    private final ImageCatalogue catalogue = new ImageCatalogue();
    private final TransferFigures figures = new TransferFigures();
    private final Refusals refusals = new Refusals();
    private final ChangeQueue changes = new ChangeQueue(MAX_CHANGES);
    private final ScheduledExecutorService timer;
    private final TransferTable table;
    private final WindowDesk windows;
    private final HashFeed hashes;
    private final Dispatcher dispatcher;
    private final ChangeWorkers workers;
    private final Backfiller backfiller;
    private final Verifier verifier;
    private final NodeDesk desk;
    private final Previewer previewer;
    private final TransferBook book;
    private final Resumption resumption;
    private final Rounds rounds;
    private final Resync resync;
    private final Retirement retirement;
    private volatile Runnable deaf = () -> {};

    /**
     * A replicator that does nothing until {@link #start}.
     *
     * @param rescan looks at the whole registry soon; called when a node comes and the policy is {@link Backfill#ALL}
     * @param releases what may be sent
     */
    public Replicator(
            TransferSettings settings,
            ReplicatorTiming timing,
            Members members,
            TransferStore store,
            RoutePlanner planner,
            ImageSource source,
            HashSource hashSource,
            Clock clock,
            Runnable rescan,
            Releases releases) {
        this.members = requireNonNull(members, "members is null");
        requireNonNull(store, "store is null");
        this.source = requireNonNull(source, "source is null");
        this.timing = requireNonNull(timing, "timing is null");
        Backoff backOff = new Backoff(timing.firstPause(), timing.longestPause());
        timer = Executors.newSingleThreadScheduledExecutor(
                task -> new Thread(task, "replication-controller-transfers"));
        TransferMaker maker = new TransferMaker(settings, catalogue, clock);
        windows = new WindowDesk(settings.windows(), members, clock);
        table = new TransferTable(store, members, windows);
        hashes = new HashFeed(hashSource, members, timer, backOff, this::refuse);
        dispatcher = new Dispatcher(
                members, planner, hashes, new Rerouting(members, timing.idle().dividedBy(IDLE_PARTS), clock), windows);
        ChangeDesk changeDesk =
                new ChangeDesk(source, store, catalogue, table, maker, settings, dispatcher, refusals, releases, clock);
        backfiller = new Backfiller(table, catalogue);
        verifier = new Verifier(members);
        LostHistory history = new LostHistory(catalogue, store, changes);
        resync = new Resync(table, catalogue, backfiller, store, clock);
        KnownRegistries registries = new KnownRegistries(resync, members.all());
        desk = new NodeDesk(
                table,
                catalogue,
                backfiller,
                members,
                store,
                verifier,
                figures,
                settings,
                clock,
                rescan,
                history,
                registries,
                windows);
        previewer = new Previewer(members, planner, catalogue);
        book = new TransferBook(store, table, catalogue, members, windows);
        resumption = new Resumption(store, members, table, catalogue, maker, settings.backfill());
        retirement = new Retirement(catalogue, store, table, source, changes, dispatcher, maker);
        rounds = new Rounds(table, dispatcher, backfiller, desk, windows, members, timing, clock);
        workers = new ChangeWorkers(changes, changeDesk, backOff, rounds::admit);
    }

    /** Takes up what was unfinished, hears of members from now on, and works off changes. */
    public void start() {
        List<TransferRow> unfinished = resumption.begin();
        if (!unfinished.isEmpty()) {
            LOG.info("{} transfers that were not finished go on.", unfinished.size());
        }
        // Nodes that are here are told at once what is to wait, of that too.
        windows.resume(unfinished);
        windows.go(table);
        rounds.waitUntil(unfinished.isEmpty() ? Duration.ZERO : timing.grace());
        deaf = members.listen(desk);
        // Those who came before say what they have once they are told of it.
        members.all().stream().filter(Member::connected).forEach(member -> desk.came(member, List.of()));
        workers.start(CHANGE_THREADS);
        hashes.start(HASH_THREADS);
        rounds.start(timer);
    }

    /**
     * Notes that a tag, or a manifest without one, may have changed. Never blocks.
     *
     * @param reference a tag or digest
     * @param digest that it is said to have now; empty when not known
     * @return false when too much waits already, so that it must be said again; also true when it is not replicated
     */
    public boolean changed(String repository, String reference, String digest) {
        return ImageName.find(repository, reference)
                .map(name -> changes.add(name, digest))
                .orElse(true);
    }

    /**
     * The trees for images of these sizes are others now: nodes that run such a transfer and whose parent is gone, or that lag, are
     * told of another one. Never blocks.
     */
    public void treesChanged(LongPredicate bytes) {
        table.all().stream()
                .filter(running -> bytes.test(running.transfer().bytes()))
                .forEach(running -> running.planIn(0));
    }

    /** The same images for removals. */
    public ReplicatedImages replicated() {
        return retirement;
    }

    /** All tags that are replicated, with their blobs; blocking. */
    public List<StoredImage> stored() {
        return retirement.stored();
    }

    /** The digest that a tag had when it was sent last. */
    public Optional<String> knownDigest(String repository, String tag) {
        return ImageName.find(repository, tag).flatMap(catalogue::sentDigest);
    }

    /**
     * Sends a node what it has of an image, or of all, again; the node proves what is there and gets what is missing.
     *
     * @return how many images
     */
    public int resync(NodeId node, Optional<ImageName> image) {
        return resync.begin(node, image);
    }

    @Override
    public PushResult push(ImageName image, OptionalInt priority) throws ImageException {
        return push(image, priority, false);
    }

    @Override
    public PushResult release(ImageName image) throws ImageException {
        return push(image, OptionalInt.empty(), true);
    }

    private PushResult push(ImageName image, OptionalInt priority, boolean released) throws ImageException {
        try {
            Optional<TransferRow> made = workers.now(image, priority, released);
            if (made.isPresent()) {
                return result(made.get(), true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(ImageException.Code.UNREADABLE, "The push of " + image + " was interrupted.", e);
        }
        TransferRow row = catalogue
                .find(image)
                .filter(known -> sameAsInRegistry(image, known))
                .orElseThrow(() -> notFound(image));
        pushCompanions(image);
        table.revive(row.id(), lacking(row));
        return result(row, false);
    }

    private boolean sameAsInRegistry(ImageName image, TransferRow known) {
        try {
            return source.digest(image).filter(known.digest()::equals).isPresent();
        } catch (ImageException unreadable) {
            // It was read a moment ago, so it did not vanish; the caller learns of trouble by the transfer.
            return true;
        }
    }

    private static ImageException notFound(ImageName image) {
        return new ImageException(
                ImageException.Code.NOT_FOUND,
                "Image " + image + " is not in the master's registry; push it there first.",
                null);
    }

    /** Signatures that came after the image, unnoticed. */
    private void pushCompanions(ImageName image) throws ImageException {
        source.resolve(image)
                .companions()
                .forEach((tag, digest) -> changes.add(new ImageName(image.repository(), tag), digest));
    }

    private List<NodeId> lacking(TransferRow row) {
        return members.all().stream()
                .map(Member::id)
                .filter(node -> !catalogue.isDone(row.id(), node))
                .toList();
    }

    private static PushResult result(TransferRow row, boolean changed) {
        return new PushResult(row.id(), row.digest(), row.generation(), row.bytes(), changed);
    }

    @Override
    public Preview preview(ImageName image) throws ImageException {
        return previewer.preview(source.resolve(image));
    }

    @Override
    public Preview preview(ImageClosure image) {
        return previewer.preview(image);
    }

    @Override
    public List<TransferView> transfers(int limit) {
        return book.newest(limit);
    }

    @Override
    public Optional<TransferView> transfer(String id) {
        return book.find(id);
    }

    @Override
    public Optional<TransferView> newest(ImageName image) {
        return book.newest(image);
    }

    @Override
    public List<ImageSummary> images() {
        return book.images();
    }

    @Override
    public Map<ImageName, String> problems() {
        Map<ImageName, String> problems = workers.problems();
        refusals.all().forEach(problems::putIfAbsent);
        return problems;
    }

    @Override
    public List<Verdict> verify(ImageName image, Duration limit) throws ImageException {
        String digest = source.digest(image).orElseThrow(() -> notFound(image));
        return verifier.verify(image, digest, limit);
    }

    @Override
    public List<Verdict> verifyDeep(ImageName image, DeepVerification how) throws ImageException {
        String digest = source.digest(image).orElseThrow(() -> notFound(image));
        List<Verdict> verdicts = verifier.verifyDeep(image, digest, how);
        List<NodeId> wrong = verdicts.stream()
                .filter(verdict -> verdict.known() && !verdict.right())
                .map(Verdict::node)
                .toList();
        catalogue
                .find(image)
                .filter(row -> row.digest().equals(digest) && !wrong.isEmpty())
                .ifPresent(row -> table.revive(row.id(), wrong));
        return verdicts;
    }

    /** Why no more transfers begin, as a sentence; empty while they do. */
    public Optional<String> problem() {
        return table.problem();
    }

    /** Counters and gauges in Prometheus' text format. */
    public String metrics() {
        OptionalLong oldest = table.oldestWaiting().stream()
                .mapToLong(since -> Math.max(0, rounds.since(since).toMillis()))
                .max();
        return MetricsText.of(figures, table.all(), changes.age(), changes.size(), table.waiting(), oldest.orElse(0));
    }

    /** A blob is not what its digest says, so nobody may go on with the image. */
    private void refuse(Running running, String sentence) {
        if (!running.isOver()) {
            LOG.error(
                    "Transfer {} of {}:{} is stopped: {}",
                    running.row().id(),
                    running.row().repository(),
                    running.row().tag(),
                    sentence);
            running.problem(sentence);
            refusals.add(new ImageName(running.row().repository(), running.row().tag()), sentence);
            dispatcher.cancel(running, sentence);
            running.end();
        }
    }

    /** Ends all threads within some seconds; what runs at nodes goes on there. */
    @Override
    public void close() {
        deaf.run();
        desk.close();
        timer.shutdownNow();
        workers.close();
        hashes.close();
        try {
            if (!timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The thread of transfers did not end within {} s.", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        table.persistAll();
    }
}
