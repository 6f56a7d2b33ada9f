package io.espalier.collector.settings;

import java.util.Locale;

/** Where reading starts in files that are there when a stream is collected for the first time. */
public enum StartAt {
    /** At the first byte. */
    BEGINNING,
    /** At the line that is being written; files that come later are read from their first byte all the same. */
    END;

    /**
     * Reads {@code beginning} or {@code end}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static StartAt parse(String text) {
        for (StartAt value : values()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text.trim())) {
                return value;
            }
        }
        throw new IllegalArgumentException("start-at is '" + text + "'; write beginning or end.");
    }
}
