package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * The name of a node, unique in its cluster and the common name of its certificate: 1 to 63 of {@code a-z 0-9 . -}, a letter or
 * digit at both ends.
 */
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");

    public NodeId {
        requireNonNull(value, "value is null");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'" + value + "' is no node name; use 1 to 63 of a-z 0-9 . - with a letter or digit at both ends.");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
