package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Optional;

/**
 * A repository and a tag or digest in it (names as of the OCI distribution specification 1.1, "Pulling manifests").
 *
 * @param reference a tag, or a digest as {@code sha256:HEX}
 */
public record ImageName(String repository, String reference) {
    public ImageName {
        RepositoryName.of(requireNonNull(repository, "repository is null"));
        if (ManifestReference.of(requireNonNull(reference, "reference is null")) instanceof Digest digest) {
            checkSha256(digest);
        }
    }

    private static void checkSha256(Digest digest) {
        if (digest.algorithm() != Digest.Algorithm.SHA256) {
            throw new IllegalArgumentException("The digest " + digest + " is not taken; only sha256 is.");
        }
    }

    /** The name, or empty when it breaks the rules. */
    public static Optional<ImageName> find(String repository, String reference) {
        try {
            return Optional.of(new ImageName(repository, reference));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /**
     * Reads {@code REPOSITORY:TAG}, {@code REPOSITORY@sha256:HEX}, or {@code REPOSITORY}, which means the tag {@code latest}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static ImageName parse(String text) {
        int at = text.indexOf('@');
        int colon = text.lastIndexOf(':');
        if (at >= 0) {
            return new ImageName(text.substring(0, at), text.substring(at + 1));
        }
        return colon > text.lastIndexOf('/')
                ? new ImageName(text.substring(0, colon), text.substring(colon + 1))
                : new ImageName(text, "latest");
    }

    public boolean byDigest() {
        return reference.indexOf(':') >= 0;
    }

    /** The same for the registry's client. */
    public RepositoryName inRegistry() {
        return RepositoryName.of(repository);
    }

    /** The digest whose signatures or referrers a tag of the form {@code sha256-HEX[.sig|.att|.sbom]} holds. */
    public static Optional<String> subjectOfTag(String tag) {
        return TagName.subjectOf(tag).map(Digest::toString);
    }

    @Override
    public String toString() {
        return repository + (byDigest() ? "@" : ":") + reference;
    }
}
