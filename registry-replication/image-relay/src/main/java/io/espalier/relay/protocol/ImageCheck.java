package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What a node's registry says about an image.
 *
 * @param digest of the tag; empty when the tag is not there
 * @param complete every manifest and every last byte of every blob could be read
 * @param problem what is missing or failed; empty when nothing is
 */
public record ImageCheck(String repository, String tag, String digest, boolean complete, String problem) {
    public ImageCheck {
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(problem, "problem is null");
    }
}
