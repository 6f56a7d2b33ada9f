package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageName;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Makes transfers of what was found in the registry. Thread-safe. */
final class TransferMaker {
    private static final int ID_BYTES = 6;

    private final TransferSettings settings;
    private final ImageCatalogue catalogue;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private long lastSequence;

    TransferMaker(TransferSettings settings, ImageCatalogue catalogue, Clock clock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.catalogue = requireNonNull(catalogue, "catalogue is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * A number above all that were given before, also before a restart: the time, pushed on where the clock stands still. It is
     * the generation of the tags of signatures and referrers, which are sent with several images, each counted on its own. Take
     * it before the registry is read.
     */
    synchronized long nextSequence() {
        lastSequence = Math.max(lastSequence + 1, clock.millis());
        return lastSequence;
    }

    /** Lets later numbers be above those of a transfer that was made earlier. */
    synchronized void raiseSequence(Transfer made) {
        for (TagPart tag : made.tags()) {
            if (ImageName.subjectOfTag(tag.tag()).isPresent()) {
                raiseSequence(tag.generation());
            }
        }
    }

    /** Lets later numbers be above this one, which a removal has. */
    synchronized void raiseSequence(long given) {
        lastSequence = Math.max(lastSequence, given);
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /**
     * The transfer of an image.
     *
     * @param generation of its tag
     * @param sequence from {@link #nextSequence}
     * @param priority 1 to 10
     */
    Transfer make(String id, ImageClosure image, long generation, long sequence, int priority) {
        String repository = image.name().repository();
        List<BlobPart> blobs = image.blobs().stream()
                .map(blob -> new BlobPart(blob.digest(), blob.size(), catalogue.mountFrom(repository, blob.digest())))
                .toList();
        return new Transfer(
                id,
                repository,
                blobs,
                image.manifests(),
                tags(image, generation, sequence),
                settings.chunkBytesFor(image.bytes()),
                priority,
                settings.linkBytesPerSecond());
    }

    private static List<TagPart> tags(ImageClosure image, long generation, long sequence) {
        List<TagPart> tags = new ArrayList<>();
        String own = image.name().reference();
        image.companions().forEach((tag, digest) -> {
            if (!tag.equals(own)) {
                tags.add(new TagPart(tag, digest, sequence));
            }
        });
        if (!image.name().byDigest()) {
            boolean companion = ImageName.subjectOfTag(own).isPresent();
            tags.add(new TagPart(own, image.digest(), companion ? sequence : generation));
        }
        return tags;
    }
}
