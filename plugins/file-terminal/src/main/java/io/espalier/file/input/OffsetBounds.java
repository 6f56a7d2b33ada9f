package io.espalier.file.input;

/**
 * What a partition holds at one moment.
 *
 * @param earliest the first offset that can still be read
 * @param end one more than the last offset that can be read
 */
public record OffsetBounds(long earliest, long end) {}
