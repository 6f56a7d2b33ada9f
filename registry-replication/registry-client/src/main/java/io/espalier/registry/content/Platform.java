package io.espalier.registry.content;

import static java.util.Objects.requireNonNull;

/** What an image of an index runs on. Parts that are not given are empty. */
public record Platform(String os, String architecture, String variant, String osVersion) {
    public Platform {
        requireNonNull(os, "os is null");
        requireNonNull(architecture, "architecture is null");
        requireNonNull(variant, "variant is null");
        requireNonNull(osVersion, "osVersion is null");
    }

    /** As {@code linux/arm64/v8}. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
