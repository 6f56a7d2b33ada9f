package io.espalier.relay.transfer;

import io.espalier.relay.protocol.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a transfer has learned by leaving a slow source: when the others gave little more, the link was not to blame, and the transfer
 * leaves no source for slowness any more, so that it does not go to and fro. Thread-safe.
 */
final class SlowMoves {
    private static final double HELPS = 1.5;

    private @Nullable NodeId left;
    private long leftRate;
    private long bestSince;

    synchronized boolean mayLeave() {
        return left == null || bestSince >= HELPS * leftRate;
    }

    /** It left a source that gave so many bytes a second. */
    synchronized void left(NodeId source, long rate) {
        left = source;
        leftRate = rate;
        bestSince = 0;
    }

    /** A source that it uses gives so many bytes a second. */
    synchronized void seen(NodeId source, long rate) {
        if (left != null && !source.equals(left)) {
            bestSince = Math.max(bestSince, rate);
        }
    }
}
