package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.removal.ReplicatedImages;
import io.espalier.replication.retention.StoredImage;
import io.espalier.replication.store.TransferStore;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes images out of replication. Thread-safe. */
final class Retirement implements ReplicatedImages {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);

    private final ImageCatalogue catalogue;
    private final TransferStore store;
    private final TransferTable table;
    private final ImageSource source;
    private final ChangeQueue changes;
    private final Dispatcher dispatcher;
    private final TransferMaker maker;

    Retirement(
            ImageCatalogue catalogue,
            TransferStore store,
            TransferTable table,
            ImageSource source,
            ChangeQueue changes,
            Dispatcher dispatcher,
            TransferMaker maker) {
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.store = requireNonNull(store, "store is null");
        this.table = requireNonNull(table, "table is null");
        this.source = requireNonNull(source, "source is null");
        this.changes = requireNonNull(changes, "changes is null");
        this.dispatcher = requireNonNull(dispatcher, "dispatcher is null");
        this.maker = requireNonNull(maker, "maker is null");
    }

    @Override
    public List<Known> known() {
        return catalogue.current().stream()
                .flatMap(row -> ImageName.find(row.repository(), row.tag()).map(name -> known(name, row)).stream())
                .filter(image -> !image.name().byDigest())
                .toList();
    }

    private static Known known(ImageName name, TransferRow row) {
        return new Known(name, row.digest(), row.generation());
    }

    @Override
    public Optional<Known> find(ImageName name) {
        return catalogue.find(name).map(row -> known(name, row));
    }

    /** All tags that are replicated with their blobs; one transfer is read after another. */
    List<StoredImage> stored() {
        List<StoredImage> images = new ArrayList<>();
        for (TransferRow row : catalogue.current()) {
            Optional<ImageName> name =
                    ImageName.find(row.repository(), row.tag()).filter(one -> !one.byDigest());
            Optional<Transfer> transfer =
                    name.flatMap(known -> store.transfer(row.id())).map(table::read);
            if (name.isPresent() && transfer.isPresent()) {
                Map<String, Long> blobs = new HashMap<>();
                transfer.get().blobs().forEach(blob -> blobs.put(blob.digest(), blob.size()));
                images.add(new StoredImage(name.get(), row.created(), blobs));
            }
        }
        return images;
    }

    @Override
    public Belongings belongings(ImageName name) {
        Optional<TransferRow> row = catalogue.find(name);
        Optional<Transfer> transfer =
                row.flatMap(known -> store.transfer(known.id())).map(table::read);
        if (row.isEmpty() || transfer.isEmpty()) {
            return new Belongings(List.of(), List.of());
        }
        String own = row.get().digest();
        Stream<String> others =
                transfer.get().manifests().stream().map(ManifestPart::digest).filter(digest -> !digest.equals(own));
        List<String> alone = Stream.concat(others, Stream.of(own))
                .filter(digest -> !catalogue.othersHave(name, digest))
                .toList();
        List<TagPart> companions = transfer.get().tags().stream()
                .filter(tag -> !tag.tag().equals(name.reference()))
                .filter(tag -> alone.contains(tag.digest()))
                .toList();
        return new Belongings(alone, companions);
    }

    @Override
    public Retired retire(Known image, Note note) throws ImageException, InterruptedException {
        ImageName name = image.name();
        changes.acquire(name.repository());
        try {
            if (!source.isGone(name)) {
                return Retired.BACK;
            }
            Optional<TransferRow> row =
                    catalogue.find(name).filter(known -> known.digest().equals(image.digest()));
            OptionalLong generation = row.isEmpty() ? OptionalLong.empty() : note.store();
            if (generation.isEmpty()) {
                return Retired.UNKNOWN;
            }
            outdo(generation.getAsLong());
            for (Running running : table.of(name.repository(), name.reference())) {
                if (table.remove(running)) {
                    dispatcher.cancel(running, "The image was removed at the master.");
                }
            }
            catalogue.remove(name);
            LOG.info(
                    "Image {} ({}) is gone from the master's registry and is replicated no longer.",
                    name,
                    image.digest());
            return Retired.DONE;
        } finally {
            changes.release(name.repository());
        }
    }

    @Override
    public void outdo(long generation) {
        maker.raiseSequence(generation);
    }
}
