package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository and a tag or digest in it (names as of the OCI distribution specification 1.1, "Pulling manifests").
 *
 * @param reference a tag, or a digest as {@code sha256:HEX}
 */
public record ImageName(String repository, String reference) {
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");
    private static final Pattern COMPANION = Pattern.compile("sha256-([a-f0-9]{64})(\\.(sig|att|sbom))?");
    private static final int MAX_REPOSITORY = 255;

    public ImageName {
        requireNonNull(repository, "repository is null");
        requireNonNull(reference, "reference is null");
        if (repository.length() > MAX_REPOSITORY
                || !REPOSITORY.matcher(repository).matches()) {
            throw new IllegalArgumentException("'" + shown(repository)
                    + "' is no repository; use lower case letters, digits and . _ - in parts divided by /.");
        }
        if (!TAG.matcher(reference).matches() && !DIGEST.matcher(reference).matches()) {
            throw new IllegalArgumentException("'" + shown(reference)
                    + "' is neither a tag nor a digest; use 1 to 128 of a-z A-Z 0-9 . _ - or sha256:HEX.");
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
        return isDigest(reference);
    }

    public static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    /** The digest whose signatures or referrers a tag of the form {@code sha256-HEX[.sig|.att|.sbom]} holds. */
    public static Optional<String> subjectOfTag(String tag) {
        Matcher matcher = COMPANION.matcher(tag);
        return matcher.matches() ? Optional.of("sha256:" + matcher.group(1)) : Optional.empty();
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    @Override
    public String toString() {
        return repository + (byDigest() ? "@" : ":") + reference;
    }
}
