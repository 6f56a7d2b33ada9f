package io.espalier.gateway.lane;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.queue.QueueLimits;
import java.time.Duration;

/**
 * How lanes work.
 *
 * @param queue bounds of each stream's queue
 * @param maxInFlightBytes the most bytes of one stream that are handed to the cluster and not yet settled
 * @param requestTimeout a request that has waited so long is answered without being sent
 * @param idleClose a lane without traffic for so long is closed, with its thread and its producer
 * @param closeLimit how long closing waits for lanes to settle
 */
public record LaneSettings(
        QueueLimits queue, long maxInFlightBytes, Duration requestTimeout, Duration idleClose, Duration closeLimit) {
    public LaneSettings {
        requireNonNull(queue, "queue is null");
        requireNonNull(requestTimeout, "requestTimeout is null");
        requireNonNull(idleClose, "idleClose is null");
        requireNonNull(closeLimit, "closeLimit is null");
        if (maxInFlightBytes < 1) {
            throw new IllegalArgumentException("in-flight-bytes is " + maxInFlightBytes + "; use at least 1.");
        }
    }
}
