package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.TagPart;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import io.espalier.replication.removal.ReplicatedImages.Belongings;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Says what nodes are to remove of an image: only what the master's registry no longer has. Thread-safe, blocking. */
final class OrderMaker {
    private final ReplicatedImages images;
    private final ImageSource source;

    OrderMaker(ReplicatedImages images, ImageSource source) {
        this.images = requireNonNull(images, "images is null");
        this.source = requireNonNull(source, "source is null");
    }

    /** The order, without a generation. */
    Remove order(RemovalRow row, RemovalMode mode) throws ImageException {
        ImageName name = RemovalBook.name(row);
        List<String> manifests = new ArrayList<>();
        List<TagPart> tags = new ArrayList<>();
        if (mode == RemovalMode.DELETE) {
            Belongings belongings = images.belongings(name);
            for (String digest : belongings.manifests()) {
                if (isGone(row.repository(), digest)) {
                    manifests.add(digest);
                }
            }
            for (TagPart companion : belongings.companions()) {
                if (manifests.contains(row.digest()) && isGone(row.repository(), companion.tag())) {
                    tags.add(companion);
                }
            }
        }
        tags.add(new TagPart(row.tag(), row.digest(), 0));
        return new Remove(row.id(), row.repository(), tags, manifests, false);
    }

    /** What an order will be at most once all of the image is deleted at the master; a dry run. */
    Remove most(RemovalRow row, RemovalMode mode) {
        List<TagPart> tags = new ArrayList<>();
        Set<String> manifests = new LinkedHashSet<>();
        if (mode == RemovalMode.DELETE) {
            Belongings belongings = images.belongings(RemovalBook.name(row));
            manifests.addAll(belongings.manifests());
            manifests.add(row.digest());
            tags.addAll(belongings.companions());
        }
        tags.add(new TagPart(row.tag(), row.digest(), 0));
        return new Remove(row.id(), row.repository(), tags, List.copyOf(manifests), true);
    }

    /**
     * An order that may be old, without what the master's registry has again.
     *
     * @throws ImageException when the registry does not say, or the image's own tag is there
     */
    Remove current(Remove order) throws ImageException {
        TagPart own = order.own();
        if (!isGone(order.repository(), own.tag())) {
            throw ImageException.refused(
                    "The master's registry has " + order.repository() + ":" + own.tag() + " again.");
        }
        List<String> manifests = new ArrayList<>();
        for (String digest : order.manifests()) {
            if (isGone(order.repository(), digest)) {
                manifests.add(digest);
            }
        }
        List<TagPart> tags = new ArrayList<>();
        for (TagPart tag : order.tags()) {
            if (tag.equals(own) || (manifests.contains(own.digest()) && isGone(order.repository(), tag.tag()))) {
                tags.add(tag);
            }
        }
        return new Remove(order.request(), order.repository(), tags, manifests, order.dryRun());
    }

    private boolean isGone(String repository, String reference) throws ImageException {
        return source.isGone(new ImageName(repository, reference));
    }

    static Remove withGeneration(Remove order, long generation, boolean dryRun) {
        List<TagPart> tags = order.tags().stream()
                .map(tag -> new TagPart(tag.tag(), tag.digest(), generation))
                .toList();
        return new Remove(order.request(), order.repository(), tags, order.manifests(), dryRun);
    }
}
