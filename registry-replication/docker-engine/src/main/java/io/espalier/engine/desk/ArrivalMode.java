package io.espalier.engine.desk;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is done with an image that arrived at this node. */
public enum ArrivalMode {
    OFF(false, false),
    /** It is loaded into the engine under its name and stays there. */
    LOAD(false, true),
    /** It is tested and removed from the engine again. */
    TEST(true, false),
    /** It is tested, and stays in the engine under its name when it passes. */
    LOAD_AND_TEST(true, true);

    private final boolean tests;
    private final boolean keeps;

    ArrivalMode(boolean tests, boolean keeps) {
        this.tests = tests;
        this.keeps = keeps;
    }

    boolean tests() {
        return tests;
    }

    boolean keeps() {
        return keeps;
    }

    /** As it stands in the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the configuration's word.
     *
     * @throws IllegalArgumentException with a sentence for another word
     */
    public static ArrivalMode parse(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(word.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("arrivals is '" + word + "'; use "
                        + Arrays.stream(values()).map(ArrivalMode::word).collect(Collectors.joining(", ")) + "."));
    }
}
