package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Transfer;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.NewTransfer;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.replication.transfer.Releases.Hold;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a transfer of an image that changed. Its callers see to it that only one works on a repository. */
final class ChangeDesk {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeDesk.class);

    private final ImageSource source;
    private final TransferStore store;
    private final ImageCatalogue catalogue;
    private final TransferTable table;
    private final TransferMaker maker;
    private final TransferSettings settings;
    private final Dispatcher dispatcher;
    private final Refusals refusals;
    private final Releases releases;
    private final Clock clock;

    ChangeDesk(
            ImageSource source,
            TransferStore store,
            ImageCatalogue catalogue,
            TransferTable table,
            TransferMaker maker,
            TransferSettings settings,
            Dispatcher dispatcher,
            Refusals refusals,
            Releases releases,
            Clock clock) {
        this.source = requireNonNull(source, "source is null");
        this.store = requireNonNull(store, "store is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.table = requireNonNull(table, "table is null");
        this.maker = requireNonNull(maker, "maker is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.dispatcher = requireNonNull(dispatcher, "dispatcher is null");
        this.refusals = requireNonNull(refusals, "refusals is null");
        this.releases = requireNonNull(releases, "releases is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Whether a change that was noticed is to be sent. */
    private boolean isWanted(ImageName name) throws ImageException {
        String repository = name.repository();
        if (!settings.filter().repositories().matches(repository)) {
            return false;
        }
        Optional<String> subject = ImageName.subjectOfTag(name.reference());
        if (name.byDigest()) {
            subject = source.subject(name);
            return subject.isPresent() && catalogue.hasManifest(repository, subject.get());
        }
        // What a signature is about comes with all its signatures, if it is sent at all.
        return subject.isPresent()
                ? catalogue.hasManifest(repository, subject.get())
                : settings.filter().matches(repository, name.reference());
    }

    /**
     * What came of a change.
     *
     * @param wanted false when the filters keep it back, so that nothing was read
     * @param digest that the registry shows; empty when there is no such image
     * @param made the transfer that was begun; empty when the image is as before, is held, or is not there
     * @param hold why the release gate keeps it back; empty when it does not
     */
    record Outcome(boolean wanted, String digest, Optional<TransferRow> made, Optional<Hold> hold) {
        static Outcome nothing(boolean wanted, String digest) {
            return new Outcome(wanted, digest, Optional.empty(), Optional.empty());
        }
    }

    /** Works off a change that was noticed. */
    Outcome noticed(ImageName name) throws ImageException {
        if (name.byDigest()) {
            Optional<String> there = source.digest(name);
            if (there.isEmpty()) {
                return Outcome.nothing(true, "");
            }
        }
        return isWanted(name) ? change(name, OptionalInt.empty(), false) : Outcome.nothing(false, "");
    }

    /**
     * Reads the image and begins its transfer.
     *
     * @param released whether the release gate is passed over
     */
    Outcome change(ImageName name, OptionalInt priority, boolean released) throws ImageException {
        String digest = source.digest(name).orElse("");
        if (digest.isEmpty() || isAsBefore(name, digest)) {
            if (!digest.isEmpty() && refusals.forget(name)) {
                // Who pushes a refused image again has put its blobs right.
                catalogue.find(name).ifPresent(row -> table.enqueue(row, weight(name, priority)));
            }
            return Outcome.nothing(true, digest);
        }
        Optional<Hold> hold = hold(name, digest, released);
        if (hold.isPresent()) {
            return new Outcome(true, digest, Optional.empty(), hold);
        }
        long sequence = maker.nextSequence();
        ImageClosure image = source.resolve(name);
        if (!image.digest().equals(digest)) {
            // The tag moved meanwhile, and what is sent must be what was judged.
            hold = hold(name, image.digest(), released);
            if (hold.isPresent()) {
                return new Outcome(true, image.digest(), Optional.empty(), hold);
            }
        }
        return new Outcome(true, image.digest(), begin(image, sequence, priority), Optional.empty());
    }

    private Optional<Hold> hold(ImageName name, String digest, boolean released) {
        Optional<Hold> hold = releases.hold(name, digest);
        if (hold.isPresent() && released) {
            LOG.warn(
                    "Image {} ({}) is released by hand. The gate said: {}",
                    name,
                    digest,
                    hold.get().sentence());
            return Optional.empty();
        }
        return hold;
    }

    private boolean isAsBefore(ImageName name, String digest) {
        return catalogue.sentDigest(name).filter(digest::equals).isPresent();
    }

    private int weight(ImageName name, OptionalInt priority) {
        return priority.orElseGet(() -> settings.priorities().of(name.repository()));
    }

    private Optional<TransferRow> begin(ImageClosure image, long sequence, OptionalInt priority) {
        ImageName name = image.name();
        int weight = weight(name, priority);
        Optional<TransferRow> made = store.change(
                name.repository(), name.reference(), image.digest(), image.bytes(), clock.instant(), generation -> {
                    String id = maker.newId();
                    Transfer transfer = maker.make(id, image, generation, sequence, weight);
                    return new NewTransfer(id, table.write(transfer));
                });
        if (made.isEmpty()) {
            made = unnoticed(image);
        }
        made.ifPresent(row -> start(row, table.read(row)));
        return made;
    }

    /** When the database went away while it committed, the transfer may have been stored though it was said to have failed. */
    private Optional<TransferRow> unnoticed(ImageClosure image) {
        ImageName name = image.name();
        return store.newest(name.repository(), name.reference())
                .filter(row -> row.digest().equals(image.digest())
                        && catalogue.find(row.id()).isEmpty());
    }

    private void start(TransferRow row, Transfer transfer) {
        LOG.info(
                "Image {}:{} is {} now, generation {}: transfer {} of {} bytes in {} blobs.",
                row.repository(),
                row.tag(),
                row.digest(),
                row.generation(),
                row.id(),
                row.bytes(),
                transfer.blobs().size());
        for (Running older : table.of(row.repository(), row.tag())) {
            if (table.remove(older)) {
                dispatcher.cancel(older, "Generation " + row.generation() + " of the tag took its place.");
            }
        }
        refusals.forget(new ImageName(row.repository(), row.tag()));
        catalogue.put(row, transfer);
        table.enqueue(row, transfer.priority());
    }
}
