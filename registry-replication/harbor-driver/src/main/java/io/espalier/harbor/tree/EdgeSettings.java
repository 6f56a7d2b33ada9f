package io.espalier.harbor.tree;

/**
 * How every edge copies.
 *
 * @param copyByChunk whether large blobs are copied in chunks, where both Harbors can
 * @param kilobytesPerSecond limit of one task, that is of one repository; 0 for none
 */
public record EdgeSettings(boolean copyByChunk, int kilobytesPerSecond) {
    public static final EdgeSettings DEFAULT = new EdgeSettings(false, 0);

    public EdgeSettings {
        if (kilobytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "kilobytesPerSecond is " + kilobytesPerSecond + "; use 0 for no limit, or more.");
        }
    }
}
