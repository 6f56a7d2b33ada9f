package io.espalier.replication.removal;

import java.util.Locale;

/** What nodes do about an image that is gone from the master's registry. */
public enum RemovalMode {
    /** Nodes keep it; it is only listed. */
    KEEP,
    /** The tag goes; its manifest stays, so that who pulls by digest is served. */
    UNTAG,
    /** The tag goes, and manifests that the master's registry no longer has and nothing else needs. */
    DELETE;

    /**
     * Reads a word as {@code untag}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static RemovalMode parse(String word) {
        return switch (word.strip()) {
            case "keep" -> KEEP;
            case "untag" -> UNTAG;
            case "delete" -> DELETE;
            default -> throw new IllegalArgumentException("deletes is '" + word + "'; use keep, untag or delete.");
        };
    }

    /** As it stands in configurations. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
