package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

/**
 * What a node's registry says about an image.
 *
 * @param digest of the tag; empty when the tag is not there
 * @param complete every manifest and every last byte of every blob could be read
 * @param problem what is missing or failed; empty when nothing is
 * @param unknown the registry could not be asked, so that nothing follows from the rest; nodes of older releases never say so
 * @param hashed how many bytes of blobs were read and hashed; 0 unless the check was deep, and from nodes of older releases
 */
public record ImageCheck(
        String repository, String tag, String digest, boolean complete, String problem, Boolean unknown, Long hashed) {
    /** What a registry that answered says. */
    public ImageCheck(String repository, String tag, String digest, boolean complete, String problem) {
        this(repository, tag, digest, complete, problem, false, 0L);
    }

    /** Of one that may not have answered. */
    public ImageCheck(String repository, String tag, String digest, boolean complete, String problem, boolean unknown) {
        this(repository, tag, digest, complete, problem, unknown, 0L);
    }

    public ImageCheck {
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(problem, "problem is null");
        unknown = requireNonNullElse(unknown, false);
        hashed = requireNonNullElse(hashed, 0L);
    }
}
