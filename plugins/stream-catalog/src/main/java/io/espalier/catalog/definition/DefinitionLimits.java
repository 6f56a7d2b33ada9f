package io.espalier.catalog.definition;

/** The bounds of a stream definition's fields and the values taken where a new stream leaves a field out. */
public final class DefinitionLimits {
    public static final int MAX_PARTITIONS = 1_000;
    public static final int MAX_PRIORITY = 9;
    public static final int MAX_TERMINALS = 16;
    public static final int MAX_DESCRIPTION_CHARS = 1_000;

    /** In bytes; below Kafka's default {@code max.message.bytes}, with room for headers. */
    public static final int MAX_RECORD_BYTES = 1_000_000;

    public static final int DEFAULT_PARTITIONS = 1;
    public static final int DEFAULT_PRIORITY = 5;

    /** In bytes. */
    public static final int DEFAULT_RECORD_BYTES = 512 * 1024;

    public static final String DEFAULT_FORMAT = "text";
    public static final String DEFAULT_TERMINAL = "file";

    private DefinitionLimits() {}
}
