package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One image on its way: everything a node must have, in the order in which it is made visible.
 *
 * @param id unique in the cluster
 * @param repository where it goes, in every node's registry
 * @param blobs in the order of sending; each once
 * @param manifests children before the index that names them, referrers last
 * @param tags in order; signatures' tags first, the image's own tag last; empty for an image that is known by digest only
 * @param chunkBytes size of every chunk but a blob's last, 64 KiB to 1 MiB
 * @param priority 1 to 10; the share of a link among the transfers that want it is proportional to it
 * @param linkBytesPerSecond most that one link may carry of this transfer; 0 is no limit
 */
public record Transfer(
        String id,
        String repository,
        List<BlobPart> blobs,
        List<ManifestPart> manifests,
        List<TagPart> tags,
        int chunkBytes,
        int priority,
        long linkBytesPerSecond) {
    public static final int MIN_CHUNK_BYTES = 64 << 10;
    public static final int MAX_CHUNK_BYTES = 1 << 20;

    public Transfer {
        requireNonNull(id, "id is null");
        requireNonNull(repository, "repository is null");
        blobs = List.copyOf(blobs);
        manifests = List.copyOf(manifests);
        tags = List.copyOf(tags);
        if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("chunkBytes is " + chunkBytes + "; use 65536 to 1048576.");
        }
        if (priority < 1 || priority > 10) {
            throw new IllegalArgumentException("priority is " + priority + "; use 1 to 10.");
        }
    }

    /** Bytes of all blobs. */
    public long bytes() {
        return blobs.stream().mapToLong(BlobPart::size).sum();
    }
}
