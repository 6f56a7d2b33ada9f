package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.removal.ReplicatedImages.Known;
import io.espalier.replication.removal.ReplicatedImages.Retired;
import io.espalier.replication.store.RemovalStore;
import io.espalier.replication.store.RemovalStore.RemovalPart;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.trigger.LookListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nodes follow when images go from the master's registry, by the policy and by hand. What is in doubt stays until an operator
 * decides. Owns thread {@code replication-controller-removals}. Thread-safe.
 */
public final class RemovalDesk implements Removals, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemovalDesk.class);
    private static final long ROUND_MILLIS = 500;
    private static final long CLOSE_SECONDS = 5;
    private static final int DONE_SHOWN = 20;
    private static final int SETTLED_SHOWN = 200;
    private static final Duration KEPT = Duration.ofDays(30);
    private static final String EXCLUDED = "Its repository is excluded from deletes now.";
    private static final Duration PRUNE_EVERY = Duration.ofHours(1);

    private final RemovalSettings settings;
    private final ReplicatedImages images;
    private final ImageSource source;
    private final Members members;
    private final RemovalBook book;
    private final OrderMaker maker;
    private final Evidence evidence;
    private final RemovalOrders orders;
    private final Disappearances disappearances;
    private final RemovalPreviews previews;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "replication-controller-removals"));
    private Runnable deaf = () -> {};
    private Instant pruned;

    /**
     * A desk that does nothing until {@link #start}.
     *
     * @param replicated whether the settings say that an image is replicated
     * @param nanos a clock that nobody sets
     */
    public RemovalDesk(
            RemovalSettings settings,
            Predicate<ImageName> replicated,
            RemovalBasis basis,
            ReplicatedImages images,
            ImageSource source,
            Members members,
            RemovalStore store,
            Clock clock,
            LongSupplier nanos) {
        this.settings = requireNonNull(settings, "settings is null");
        this.images = requireNonNull(images, "images is null");
        this.source = requireNonNull(source, "source is null");
        this.members = requireNonNull(members, "members is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.book = new RemovalBook(store);
        images.outdo(store.newestGeneration());
        this.maker = new OrderMaker(images, source);
        this.evidence = new Evidence(nanos);
        this.orders = new RemovalOrders(book, images, maker, members, clock);
        this.disappearances =
                new Disappearances(settings, replicated, basis, images, source, book, orders, evidence, clock);
        this.previews = new RemovalPreviews(members, orders);
        this.pruned = clock.instant();
    }

    /** Takes up what was left, and works from now on. */
    public void start() {
        book.all().forEach(this::adapt);
        deaf = members.listen(orders);
        Future<?> ignored =
                thread.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** What was decided under other settings is not carried out under these without an operator. */
    private void adapt(RemovalRow row) {
        Instant now = clock.instant();
        boolean keep = settings.mode() == RemovalMode.KEEP;
        boolean excluded = !row.byHand() && !disappearances.isWatched(RemovalBook.name(row));
        switch (row.state()) {
            case GRACE, HELD -> {
                if (excluded || keep) {
                    book.replace(row, row.in(State.KEPT, excluded ? EXCLUDED : "The setting deletes is keep.", now));
                }
            }
            case KEPT -> {
                if (!excluded && !keep) {
                    book.replace(row, row.in(State.HELD, whileKept(row), now));
                }
            }
            case ORDERED -> {
                if (excluded || (keep && !row.byHand())) {
                    orders.close(row, excluded ? RemovalOrders.EXCLUDED : RemovalOrders.POLICY_KEEPS);
                }
            }
            case REJECTED, DONE -> {}
        }
    }

    private static String whileKept(RemovalRow row) {
        return row.reason().equals(EXCLUDED)
                ? "It went while its repository was excluded from deletes."
                : "It went while the setting deletes was keep.";
    }

    /** Is to hear what each look at the master's registry saw. */
    public LookListener looks() {
        return disappearances;
    }

    /** One round of what is done again and again; called by the desk's own thread. */
    void round() {
        try {
            for (RemovalRow row : book.in(State.GRACE)) {
                if (evidence.saysGone(row, settings.after())) {
                    ripe(row);
                }
            }
            orders.go(evidence.hasLooked());
            if (Duration.between(pruned, clock.instant()).compareTo(PRUNE_EVERY) > 0) {
                pruned = clock.instant();
                book.prune(pruned.minus(KEPT));
            }
        } catch (StoreException e) {
            LOG.debug("Removals wait for the database: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("A round over the removals failed; it is tried again.", e);
        }
    }

    private void ripe(RemovalRow row) throws InterruptedException {
        try {
            tell(row, Optional.of(row), settings.mode(), true);
        } catch (ImageException unreadable) {
            // Nothing follows from a registry that does not answer.
            LOG.debug("The removal of {} waits: {}", RemovalBook.name(row), unreadable.sentence());
        }
    }

    /**
     * Tells nodes; answers a sentence.
     *
     * @param before what the image had when it was decided
     */
    private String tell(RemovalRow row, Optional<RemovalRow> before, RemovalMode mode, boolean byPolicy)
            throws ImageException, InterruptedException {
        ImageName name = RemovalBook.name(row);
        List<NodeId> nodes = nodes();
        Retired retired =
                images.retire(new Known(name, row.digest(), row.generation()), () -> order(row, before, mode, nodes));
        if (retired == Retired.DONE) {
            LOG.info("{} nodes are told to {} {}.", nodes.size(), mode.word(), name);
            if (byPolicy) {
                evidence.told(row.seen());
            }
            return nodes.size() + " nodes are told to " + mode.word() + " " + name + "; see image:removals.";
        }
        if (!book.isNow(name, before)
                || before.filter(decided -> !book.forget(decided)).isPresent()) {
            return "About image " + name + " it was decided otherwise meanwhile; nothing is removed.";
        }
        return retired == Retired.BACK
                ? "Image " + name + " is in the master's registry again; nothing is removed."
                : "Image " + name
                        + " was sent with another digest since, or is not replicated any more; nothing is removed.";
    }

    /** Only now nothing else is done about the repository, so that what is to be deleted does not change any more. */
    private OptionalLong order(RemovalRow row, Optional<RemovalRow> before, RemovalMode mode, List<NodeId> nodes)
            throws ImageException {
        Remove order = maker.order(row, mode);
        return book.order(
                before,
                row,
                nodes,
                clock.instant(),
                generation -> codec.encodeRecord(OrderMaker.withGeneration(order, generation, false)));
    }

    private List<NodeId> nodes() {
        return members.all().stream()
                .filter(member -> !member.master())
                .map(Member::id)
                .toList();
    }

    @Override
    public List<RemovalView> list(int most) {
        List<RemovalView> views = new ArrayList<>();
        List<RemovalRow> settled = new ArrayList<>(book.in(State.KEPT));
        settled.addAll(book.in(State.REJECTED));
        List<RemovalRow> open = new ArrayList<>(
                book.all().stream().filter(RemovalDesk::isUndecided).limit(most).toList());
        open.addAll(settled.subList(Math.max(0, settled.size() - SETTLED_SHOWN), settled.size()));
        open.forEach(row -> views.add(view(row, book.parts(row.id()))));
        book.done(DONE_SHOWN).forEach(row -> views.add(view(row, book.storedParts(row.id()))));
        return views;
    }

    @Override
    public int undecided() {
        return (int) book.all().stream().filter(RemovalDesk::isUndecided).count();
    }

    private static boolean isUndecided(RemovalRow row) {
        return row.state() != State.KEPT && row.state() != State.REJECTED;
    }

    private RemovalView view(RemovalRow row, List<RemovalPart> parts) {
        Optional<Instant> due =
                row.state() == State.GRACE ? Optional.of(row.seen().plus(settings.after())) : Optional.empty();
        List<RemovalView.Part> nodes = parts.stream()
                .map(part -> new RemovalView.Part(
                        part.node(),
                        members.find(part.node()).filter(Member::connected).isPresent(),
                        part.outcome(),
                        RemovalOrders.sentence(part),
                        part.tries()))
                .toList();
        return new RemovalView(
                row.id(),
                RemovalBook.name(row),
                row.digest(),
                row.state(),
                row.byHand(),
                row.reason(),
                row.seen(),
                due,
                nodes);
    }

    private RemovalRow known(String id) {
        return book.find(id)
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no open removal '" + id + "'; image:removals shows what there is."));
    }

    @Override
    public String confirm(String id) throws ImageException {
        RemovalRow row = known(id);
        return switch (row.state()) {
            case GRACE, HELD -> confirmed(row);
            case ORDERED -> orders.askAgain(row) + " nodes are asked again.";
            case KEPT, REJECTED, DONE ->
                throw new IllegalArgumentException("Removal " + id + " is not open (" + row.reason()
                        + "); image:remove " + RemovalBook.name(row) + " removes it at nodes all the same.");
        };
    }

    private String confirmed(RemovalRow row) throws ImageException {
        LOG.info("An operator confirms the removal of {}.", RemovalBook.name(row));
        return told(row, Optional.of(row), settings.mode());
    }

    private String told(RemovalRow row, Optional<RemovalRow> before, RemovalMode mode) throws ImageException {
        try {
            return tell(row, before, mode, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(
                    ImageException.Code.UNREADABLE, "The removal of " + RemovalBook.name(row) + " was interrupted.", e);
        }
    }

    @Override
    public String reject(String id) {
        while (true) {
            RemovalRow row = known(id);
            String name = RemovalBook.name(row).toString();
            if (row.state() == State.ORDERED) {
                orders.close(row, RemovalOrders.TAKEN_BACK);
                LOG.info("An operator takes the removal of {} back.", name);
                return "Nodes that have not removed " + name + " yet keep it.";
            }
            // Nodes may have been told a moment ago; then that is taken back.
            if (book.replace(row, row.in(State.REJECTED, "An operator rejected it.", clock.instant()))) {
                LOG.info("An operator rejects the removal of {}; nodes keep it.", name);
                return "Nodes keep " + name + " until its tag is pushed again.";
            }
        }
    }

    /** The image that an open removal is of. */
    public Optional<ImageName> imageOf(String id) {
        return book.find(id).map(RemovalBook::name);
    }

    @Override
    public String remove(ImageName image, Optional<RemovalMode> mode) throws ImageException {
        Known known = replicated(image);
        if (!source.isGone(image)) {
            throw ImageException.refused("The master's registry still has " + image
                    + ", so nodes would get it again; delete it there first.");
        }
        Optional<RemovalRow> open = book.find(image);
        if (open.filter(row -> row.state() == State.ORDERED).isPresent()) {
            throw ImageException.refused("The removal of " + image + " is under way; see image:removals.");
        }
        RemovalRow fresh = Disappearances.fresh(known, State.GRACE, true, "", clock.instant());
        return told(open.map(row -> fresh.as(row.id())).orElse(fresh), open, byHand(mode));
    }

    private Known replicated(ImageName image) {
        return images.find(image)
                .filter(known -> !known.name().byDigest())
                .orElseThrow(() -> new IllegalArgumentException("Image " + image
                        + " is not replicated now, so nothing is known of it at nodes; GET /v1/images lists what is."));
    }

    private RemovalMode byHand(Optional<RemovalMode> mode) throws ImageException {
        RemovalMode chosen = mode.orElse(settings.mode() == RemovalMode.KEEP ? RemovalMode.UNTAG : settings.mode());
        if (chosen == RemovalMode.KEEP) {
            throw ImageException.refused("Nothing is removed with mode keep; use untag or delete.");
        }
        return chosen;
    }

    @Override
    public List<NodePreview> preview(ImageName image, Optional<RemovalMode> mode) throws ImageException {
        Known known = replicated(image);
        RemovalRow row = Disappearances.fresh(known, State.GRACE, true, "", clock.instant());
        RemovalMode chosen = byHand(mode);
        Remove order = source.isGone(image) ? maker.order(row, chosen) : maker.most(row, chosen);
        return previews.ask(OrderMaker.withGeneration(order, Long.MAX_VALUE, true));
    }

    /** What went and what waits, in Prometheus' text format. */
    public String metrics() {
        StringBuilder text = new StringBuilder();
        text.append(
                "# HELP espalier_replication_removals Images that are gone from the master's registry, by state.\n");
        text.append("# TYPE espalier_replication_removals gauge\n");
        for (State state : State.values()) {
            if (state != State.DONE) {
                text.append("espalier_replication_removals{state=\"")
                        .append(state.name().toLowerCase(java.util.Locale.ROOT))
                        .append("\"} ")
                        .append(book.in(state).size())
                        .append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        deaf.run();
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The thread of removals did not end within {} s.", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
