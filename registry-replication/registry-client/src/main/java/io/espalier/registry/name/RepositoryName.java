package io.espalier.registry.name;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A repository within a registry, as {@code team/app}: lower-case path components as the distribution specification
 * defines them, so never {@code ..}, an empty component or a leading slash.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
    private static final int MOST_CHARACTERS = 255;
    private static final Pattern GRAMMAR = Pattern.compile(
            "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+)*+");

    public RepositoryName {
        requireNonNull(value, "value is null");
        if (value.length() > MOST_CHARACTERS || !GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException("Not a repository name: " + Shown.of(value)
                    + ". It has lower-case letters and digits, single separators . _ - between them, parts divided by"
                    + " /, and " + MOST_CHARACTERS + " characters at most.");
        }
    }

    /** Checks and wraps. */
    public static RepositoryName of(String value) {
        return new RepositoryName(value);
    }

    @Override
    public int compareTo(RepositoryName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
