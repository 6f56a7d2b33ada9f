package io.espalier.kernel.config;

import static java.util.Objects.requireNonNull;

/** A value that must not appear in logs or lists: prints {@code ***}, or nothing when there is none. */
public record Secret(String reveal) {
    public Secret {
        requireNonNull(reveal, "reveal is null");
    }

    @Override
    public String toString() {
        return reveal.isEmpty() ? "" : "***";
    }
}
