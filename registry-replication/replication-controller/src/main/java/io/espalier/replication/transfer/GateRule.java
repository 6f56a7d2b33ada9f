package io.espalier.replication.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether images wait for a release gate. */
public enum GateRule {
    /** Where a gate was seen once they wait for it when it is away; where there never was one they are sent. */
    IF_PRESENT,
    /** They wait while there is none, also where there never was one. */
    REQUIRED,
    /** No gate is asked. */
    OFF;

    /**
     * Reads a word of the configuration.
     *
     * @throws IllegalArgumentException with a sentence that names all words
     */
    public static GateRule parse(String text) {
        return Arrays.stream(values())
                .filter(rule -> rule.word().equals(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("release-gate is '" + text.strip() + "'; use "
                        + Arrays.stream(values()).map(GateRule::word).collect(Collectors.joining(", ")) + "."));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
