package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * An image that is in this node's registry under its tag, whole and read back.
 *
 * @param transfer that brought it
 * @param digest of the manifest or index that the tag names
 * @param generation the master's count of changes of this tag
 * @param bytes of all its blobs
 */
public record Arrival(String transfer, String repository, String tag, String digest, long generation, long bytes) {
    public Arrival {
        requireNonNull(transfer, "transfer is null");
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
    }
}
