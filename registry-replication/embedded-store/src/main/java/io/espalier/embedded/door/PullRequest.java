package io.espalier.embedded.door;

import java.util.Optional;

/**
 * A GET or HEAD.
 *
 * @param range the header, as are ifRange and ifNoneMatch
 * @param n how many entries of a list
 * @param last after which entry of a list
 * @param artifactType of which kind of referrers
 */
record PullRequest(
        PullPath path,
        Optional<String> range,
        Optional<String> ifRange,
        Optional<String> ifNoneMatch,
        Optional<String> n,
        Optional<String> last,
        Optional<String> artifactType) {}
