package io.espalier.registry.name;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tag, as {@code latest}: up to 128 letters, digits, {@code _ . -}, not beginning with the last two. */
public record TagName(String value) implements ManifestReference, Comparable<TagName> {
    private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final Pattern COMPANION = Pattern.compile("sha256-([a-f0-9]{64})(\\.(sig|att|sbom))?");

    public TagName {
        requireNonNull(value, "value is null");
        if (!GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "Not a tag: " + Shown.of(value)
                            + ". It has letters, digits, _ . and -, does not begin with . or -, and has 128 characters at most.");
        }
    }

    /** Checks and wraps. */
    public static TagName of(String value) {
        return new TagName(value);
    }

    /** The tag under which referrers of this content are listed where the registry has no interface for them. */
    public static TagName fallbackOf(Digest subject) {
        // The specification cuts the digest's part at 64 characters (sha512 has 128).
        String hex = subject.hex();
        return new TagName(subject.algorithm().label() + "-" + hex.substring(0, Math.min(hex.length(), 64)));
    }

    /** The content whose signatures or referrers a tag of the form {@code sha256-HEX[.sig|.att|.sbom]} holds; any text may be asked. */
    public static Optional<Digest> subjectOf(String tag) {
        Matcher matcher = COMPANION.matcher(tag);
        return matcher.matches()
                ? Optional.of(new Digest(Digest.Algorithm.SHA256, matcher.group(1)))
                : Optional.empty();
    }

    @Override
    public int compareTo(TagName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
