package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What a node measured towards a peer.
 *
 * @param millis median round trip, or the time of the copy; NaN when it failed
 * @param jitterMillis median distance from the median; 0 for a copy
 * @param bytesPerSecond rate of the copy from the peer; 0 when none was made
 * @param problem why it failed; empty when it did not
 */
public record PeerSample(NodeId peer, double millis, double jitterMillis, long bytesPerSecond, String problem) {
    public PeerSample {
        requireNonNull(peer, "peer is null");
        requireNonNull(problem, "problem is null");
    }
}
