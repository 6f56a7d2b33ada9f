package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

/**
 * What came of a push.
 *
 * @param transfer its id
 * @param changed false when the tag already was at that digest; then nodes that lack it are asked again
 */
public record PushResult(String transfer, String digest, long generation, long bytes, boolean changed) {
    public PushResult {
        requireNonNull(transfer, "transfer is null");
        requireNonNull(digest, "digest is null");
    }
}
