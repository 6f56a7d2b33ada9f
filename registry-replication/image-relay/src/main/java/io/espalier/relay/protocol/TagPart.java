package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * A tag to set once its manifest is there.
 *
 * @param generation the master's count of changes of this repository and tag; a node never sets a tag to an older one than it has
 */
public record TagPart(String tag, String digest, long generation) {
    public TagPart {
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
    }
}
