package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

/**
 * An image that is replicated.
 *
 * @param tag or a digest when it has none
 * @param transfer the newest one's id
 * @param having how many members have it
 * @param members how many there are
 */
public record ImageSummary(
        String repository,
        String tag,
        String digest,
        long generation,
        long bytes,
        String transfer,
        int having,
        int members) {
    public ImageSummary {
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(transfer, "transfer is null");
    }
}
