package io.espalier.kernel.config;

/** What a configuration value is once it is accepted. */
public enum ConfigType {
    STRING("a text"),
    INTEGER("a whole number"),
    LONG("a whole number"),
    DOUBLE("a number"),
    BOOLEAN("true or false"),
    /** A {@code String[]}; one text with commas is split. */
    STRINGS("a list of texts"),
    /** A {@link Secret}. */
    SECRET("a text");

    private final String words;

    ConfigType(String words) {
        this.words = words;
    }

    /** For sentences: {@code a whole number}. */
    public String words() {
        return words;
    }
}
