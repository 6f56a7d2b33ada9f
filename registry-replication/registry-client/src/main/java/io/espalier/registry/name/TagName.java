package io.espalier.registry.name;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** A tag, as {@code latest}: up to 128 letters, digits, {@code _ . -}, not beginning with the last two. */
public record TagName(String value) implements ManifestReference, Comparable<TagName> {
    private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

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

    @Override
    public int compareTo(TagName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
