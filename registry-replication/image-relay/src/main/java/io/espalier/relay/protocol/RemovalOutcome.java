package io.espalier.relay.protocol;

import java.util.Arrays;

/** What a removal came to at a node. */
public enum RemovalOutcome {
    /** What was to go is gone. */
    DONE,
    /** A dry run: this would go. */
    PLANNED,
    /** The node's registry had no such tag. */
    GONE,
    /** The node keeps the image; the sentence says why. */
    KEPT,
    /** What the node's registry says does not fit together for the moment, so the node keeps the image. */
    DOUBT,
    /** The node's registry does not delete; somebody must change that first. */
    UNSUPPORTED,
    /** It failed; trying again may help. */
    FAILED;

    /** Reads the word of a node; one of a newer release that is not known counts as {@link #FAILED}. */
    public static RemovalOutcome of(String word) {
        return Arrays.stream(values())
                .filter(outcome -> outcome.name().equals(word))
                .findFirst()
                .orElse(FAILED);
    }

    /** Whether the node need not be asked again. */
    public boolean isFinal() {
        return this == DONE || this == GONE || this == KEPT;
    }
}
