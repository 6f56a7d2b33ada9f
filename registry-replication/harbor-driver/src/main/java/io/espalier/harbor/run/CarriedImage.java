package io.espalier.harbor.run;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What is carried: one digest with these tags of it.
 *
 * @param repository whole, {@code project/path/name}
 * @param digest {@code sha256:...}
 * @param tags at least one, since a policy selects by tag
 * @param labels that the root's policies select by besides
 */
public record CarriedImage(String repository, String digest, List<String> tags, LabelRule labels) {
    public CarriedImage {
        requireNonNull(repository, "repository is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(labels, "labels is null");
        tags = List.copyOf(tags);
        if (!digest.matches("[a-z0-9]+:[0-9a-f]{32,}")) {
            throw new IllegalArgumentException("'" + digest + "' is no digest; write sha256: and 64 hex digits.");
        }
        for (String tag : tags) {
            // Also what keeps a tag from being read as a pattern.
            if (!tag.matches("\\w[\\w.-]{0,127}")) {
                throw new IllegalArgumentException("'" + tag + "' is no tag of an image.");
            }
        }
        if (!repository.matches("[a-z0-9]+(?:[._/-]+[a-z0-9]+)*")) {
            throw new IllegalArgumentException("'" + repository + "' is no name of a repository.");
        }
    }

    /** Whatever its labels. */
    public CarriedImage(String repository, String digest, List<String> tags) {
        this(repository, digest, tags, LabelRule.NONE);
    }

    /** The same for hops below the root, where Harbor has no labels of it. */
    CarriedImage belowTheRoot() {
        return new CarriedImage(repository, digest, tags);
    }

    @Override
    public String toString() {
        return repository + ":" + String.join(",", tags);
    }
}
