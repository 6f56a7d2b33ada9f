package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.removal.ReplicatedImages.Known;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.trigger.LookListener;
import io.espalier.replication.trigger.SeenTags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices which images are gone from the master's registry, and which are back. An image is gone when its tag was not in a list that
 * could be read, and the registry then says of this very tag that it does not exist. For the thread of the watch.
 */
final class Disappearances implements LookListener {
    private static final Logger LOG = LoggerFactory.getLogger(Disappearances.class);
    /** At one look; the others are asked for at later ones. */
    private static final int MOST_ASKED = 2_000;

    private static final int MOST_LOGGED = 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String ANOTHER =
            "It went before the settings of deletes changed, or the master has another registry.";

    private final RemovalSettings settings;
    private final Predicate<ImageName> replicated;
    private final RemovalBasis basis;
    private final ReplicatedImages images;
    private final ImageSource source;
    private final RemovalBook book;
    private final RemovalOrders orders;
    private final Evidence evidence;
    private final Clock clock;
    /** Whether of all that was missing at this look it is known if it is gone. */
    private boolean sure;

    /** @param replicated whether the settings say that an image is replicated */
    Disappearances(
            RemovalSettings settings,
            Predicate<ImageName> replicated,
            RemovalBasis basis,
            ReplicatedImages images,
            ImageSource source,
            RemovalBook book,
            RemovalOrders orders,
            Evidence evidence,
            Clock clock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.replicated = requireNonNull(replicated, "replicated is null");
        this.basis = requireNonNull(basis, "basis is null");
        this.evidence = requireNonNull(evidence, "evidence is null");
        this.images = requireNonNull(images, "images is null");
        this.source = requireNonNull(source, "source is null");
        this.book = requireNonNull(book, "book is null");
        this.orders = requireNonNull(orders, "orders is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void looked(SeenTags seen) {
        try {
            back(seen);
            List<Known> watched = images.known().stream()
                    .filter(image -> isWatched(image.name()))
                    .toList();
            List<RemovalRow> waiting = book.in(State.GRACE);
            List<Known> gone = gone(seen, watched);
            Optional<String> mass = holdMass(gone, watched);
            if (basis.isChanged()) {
                hold(book.in(State.GRACE), ANOTHER);
            }
            if (!gone.isEmpty()) {
                note(new Doubts(seen, watched, mass), gone);
            }
            evidence.looked(missing(seen, waiting), ids(book.all()), clock.instant());
            if (sure) {
                basis.settle();
            }
        } catch (StoreException e) {
            if (!e.isAway()) {
                LOG.warn("What is gone from the master's registry cannot be noted: {}", e.getMessage());
            }
        }
    }

    /** Whether nodes follow by themselves when it goes. */
    boolean isWatched(ImageName name) {
        return replicated.test(name) && settings.repositories().matches(name.repository());
    }

    private static Set<String> ids(List<RemovalRow> rows) {
        return rows.stream().map(RemovalRow::id).collect(Collectors.toSet());
    }

    private static Set<String> missing(SeenTags seen, List<RemovalRow> rows) {
        return ids(rows.stream()
                .filter(row -> !seen.has(row.repository(), row.tag()).orElse(true))
                .toList());
    }

    /** An image that is there again is not removed, whatever was decided. */
    private void back(SeenTags seen) {
        for (RemovalRow row : book.all()) {
            boolean there = seen.has(row.repository(), row.tag()).orElse(false);
            if (there && row.state() == State.ORDERED) {
                orders.close(row, RemovalOrders.BACK);
            } else if (there && book.forget(row)) {
                LOG.info("Image {} is in the master's registry again; nothing is removed.", RemovalBook.name(row));
            }
        }
    }

    private List<Known> gone(SeenTags seen, List<Known> watched) {
        List<Known> missing = watched.stream()
                .filter(image -> !seen.has(
                                image.name().repository(), image.name().reference())
                        .orElse(true))
                .filter(image -> book.find(image.name())
                        .filter(row ->
                                row.state() == State.ORDERED || row.digest().equals(image.digest()))
                        .isEmpty())
                .limit(MOST_ASKED)
                .toList();
        sure = missing.size() < MOST_ASKED;
        List<Known> gone = new ArrayList<>();
        for (Known image : missing) {
            if (isGone(image.name())) {
                gone.add(image);
            }
        }
        return gone;
    }

    private boolean isGone(ImageName name) {
        try {
            return source.isGone(name);
        } catch (ImageException e) {
            LOG.debug("Whether {} is gone cannot be said, so nodes keep it: {}", name, e.sentence());
            sure = false;
            return false;
        }
    }

    /**
     * Holds all that waits when too much goes at once, together with what nodes were told of lately: a storage that is being emptied
     * goes in portions.
     */
    private Optional<String> holdMass(List<Known> gone, List<Known> watched) {
        Instant now = clock.instant();
        List<RemovalRow> waiting = book.in(State.GRACE);
        int going = gone.size() + waiting.size() + book.in(State.HELD).size();
        if (settings.mode() == RemovalMode.KEEP || going == 0) {
            return Optional.empty();
        }
        Set<ImageName> kept = Stream.concat(book.in(State.KEPT).stream(), book.in(State.REJECTED).stream())
                .map(RemovalBook::name)
                .collect(Collectors.toSet());
        long known = watched.stream()
                .filter(image -> !kept.contains(image.name()) || gone.contains(image))
                .count();
        int told = evidence.toldSince(now.minus(settings.after().compareTo(HOUR) < 0 ? HOUR : settings.after()));
        Optional<String> doubt =
                new MassRule(settings.mostPercent()).doubt(going + told, Math.toIntExact(known) + told);
        // First, for they are a part of the same mass, and the database may go away meanwhile.
        long held = doubt.map(why -> hold(waiting, why)).orElse(0L);
        if (doubt.isPresent() && held + gone.size() > 0) {
            LOG.warn(
                    "{} Nodes keep them until an operator looks: image:removals, and --confirm or --reject.",
                    doubt.get());
        }
        return doubt;
    }

    /** How many; what somebody decided otherwise meanwhile is left alone. */
    private long hold(List<RemovalRow> rows, String why) {
        Instant now = clock.instant();
        return rows.stream()
                .filter(row -> book.replace(row, row.in(State.HELD, why, now)))
                .count();
    }

    private void note(Doubts doubts, List<Known> gone) {
        Instant now = clock.instant();
        for (Known image : gone) {
            // One of another digest, which the tag had before; an operator may have decided about it meanwhile.
            Optional<RemovalRow> old = book.find(image.name());
            if (old.isPresent() && (old.get().state() == State.ORDERED || !book.forget(old.get()))) {
                continue;
            }
            RemovalRow row = row(image, doubts.of(image), now);
            evidence.begun(row);
            if (book.add(row) && gone.size() <= MOST_LOGGED) {
                LOG.info(
                        "Image {} ({}) is gone from the master's registry: {}",
                        image.name(),
                        image.digest(),
                        row.reason().isEmpty() ? "nodes are told after " + settings.after() + "." : row.reason());
            }
        }
        if (gone.size() > MOST_LOGGED) {
            LOG.info("{} images are gone from the master's registry; image:removals lists them.", gone.size());
        }
    }

    /** Why an operator must look first at what one look found gone. */
    private final class Doubts {
        private final SeenTags seen;
        private final Optional<String> mass;
        private final Map<String, Long> before;

        Doubts(SeenTags seen, List<Known> watched, Optional<String> mass) {
            this.seen = seen;
            this.mass = mass;
            this.before = watched.stream()
                    .collect(Collectors.groupingBy(image -> image.name().repository(), Collectors.counting()));
        }

        Optional<String> of(Known image) {
            return mass.or(this::another).or(() -> unlisted(image.name().repository()));
        }

        private Optional<String> another() {
            return basis.isChanged() ? Optional.of(ANOTHER) : Optional.empty();
        }

        private Optional<String> unlisted(String repository) {
            if (!seen.lists(repository)) {
                return Optional.of("The master's registry does not list the repository " + repository
                        + " any more; it may hide it from these credentials.");
            }
            long known = before.getOrDefault(repository, 0L);
            return known > 1 && seen.tags().getOrDefault(repository, Set.of()).isEmpty()
                    ? Optional.of("The master's registry shows none of " + known + " tags of the repository "
                            + repository + " any more.")
                    : Optional.empty();
        }
    }

    private RemovalRow row(Known image, Optional<String> doubt, Instant now) {
        boolean keep = settings.mode() == RemovalMode.KEEP;
        String reason = keep ? "The setting deletes is keep." : doubt.orElse("");
        State state = keep ? State.KEPT : doubt.isPresent() ? State.HELD : State.GRACE;
        return fresh(image, state, false, reason, now);
    }

    private static String newId() {
        UUID random = UUID.randomUUID();
        // A few bits of each half are fixed, but not the same ones.
        return HexFormat.of().toHexDigits(random.getMostSignificantBits() ^ random.getLeastSignificantBits());
    }

    static RemovalRow fresh(Known image, State state, boolean byHand, String reason, Instant now) {
        return new RemovalRow(
                newId(),
                image.name().repository(),
                image.name().reference(),
                image.digest(),
                0,
                state,
                byHand,
                reason,
                "",
                now,
                now);
    }
}
