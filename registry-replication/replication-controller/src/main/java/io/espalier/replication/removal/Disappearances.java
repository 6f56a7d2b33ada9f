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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
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
    private static final int ID_CHARS = 8;

    private final RemovalSettings settings;
    private final Predicate<String> replicated;
    private final ReplicatedImages images;
    private final ImageSource source;
    private final RemovalBook book;
    private final RemovalOrders orders;
    private final Clock clock;

    /** @param replicated whether a repository is looked at */
    Disappearances(
            RemovalSettings settings,
            Predicate<String> replicated,
            ReplicatedImages images,
            ImageSource source,
            RemovalBook book,
            RemovalOrders orders,
            Clock clock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.replicated = requireNonNull(replicated, "replicated is null");
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
                    .filter(image -> isWatched(image.name().repository()))
                    .toList();
            List<Known> gone = gone(seen, watched);
            if (!gone.isEmpty()) {
                note(seen, gone, watched.size());
            }
        } catch (StoreException e) {
            if (!e.isAway()) {
                LOG.warn("What is gone from the master's registry cannot be noted: {}", e.getMessage());
            }
        }
    }

    private boolean isWatched(String repository) {
        return replicated.test(repository) && settings.repositories().matches(repository);
    }

    /** An image that is there again is not removed, whatever was decided. */
    private void back(SeenTags seen) {
        for (RemovalRow row : book.all()) {
            boolean there = seen.has(row.repository(), row.tag()).orElse(false);
            if (there && row.state() == State.ORDERED) {
                orders.close(row, RemovalOrders.BACK);
            } else if (there) {
                LOG.info("Image {} is in the master's registry again; nothing is removed.", RemovalBook.name(row));
                book.forget(row);
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
            return source.digest(name).isEmpty();
        } catch (ImageException e) {
            LOG.debug("Whether {} is gone cannot be said, so nodes keep it: {}", name, e.sentence());
            return false;
        }
    }

    private void note(SeenTags seen, List<Known> gone, int watched) {
        Instant now = clock.instant();
        List<RemovalRow> waiting = new ArrayList<>(book.in(State.GRACE));
        int held = book.in(State.HELD).size();
        Optional<String> mass = settings.mode() == RemovalMode.KEEP
                ? Optional.empty()
                : new MassRule(settings.mostPercent()).doubt(gone.size() + waiting.size() + held, watched);
        // First, for they are a part of the same mass, and the database may go away meanwhile.
        mass.ifPresent(doubt -> waiting.forEach(row -> book.save(row.in(State.HELD, doubt, now))));
        for (Known image : gone) {
            // One of another digest, which the tag had before.
            book.find(image.name()).ifPresent(book::forget);
            RemovalRow row = row(image, mass.or(() -> unlisted(seen, image.name())), now);
            book.save(row);
            if (gone.size() <= MOST_LOGGED) {
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
        if (mass.isPresent()) {
            LOG.warn(
                    "{} Nodes keep them until an operator looks: image:removals, and --confirm or --reject.",
                    mass.get());
        }
    }

    private static Optional<String> unlisted(SeenTags seen, ImageName name) {
        return seen.lists(name.repository())
                ? Optional.empty()
                : Optional.of("The master's registry does not list the repository " + name.repository()
                        + " any more; it may hide it from these credentials.");
    }

    private RemovalRow row(Known image, Optional<String> doubt, Instant now) {
        boolean keep = settings.mode() == RemovalMode.KEEP;
        String reason = keep ? "The setting deletes is keep." : doubt.orElse("");
        State state = keep ? State.KEPT : doubt.isPresent() ? State.HELD : State.GRACE;
        return fresh(image, state, false, reason, now);
    }

    static RemovalRow fresh(Known image, State state, boolean byHand, String reason, Instant now) {
        return new RemovalRow(
                UUID.randomUUID().toString().substring(0, ID_CHARS),
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
