package io.espalier.relay.protocol;

/**
 * What a node may be burdened with, as its operator says.
 *
 * @param uplinkBytesPerSecond most that it sends to all its children; 0 is no limit
 * @param maxChildren in any tree; 0 makes it a leaf, -1 is no limit
 */
public record NodeCapacity(long uplinkBytesPerSecond, int maxChildren) {
    /** No limits. */
    public static final NodeCapacity NONE = new NodeCapacity(0, -1);

    public NodeCapacity {
        if (uplinkBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "uplinkBytesPerSecond is " + uplinkBytesPerSecond + "; use 0 for no limit or more.");
        }
        if (maxChildren < -1) {
            throw new IllegalArgumentException("maxChildren is " + maxChildren + "; use -1 for no limit, 0 or more.");
        }
    }
}
