package io.espalier.tree.plan;

import static java.util.Objects.requireNonNull;

/**
 * What shall be sent.
 *
 * @param bytes size of the image
 * @param chunkBytes size of the pieces that are passed on
 * @param hopSeconds time that a node needs for a chunk beside the network: hashing, spooling
 * @param forwarding when a node begins to pass on
 */
public record PlanRequest(long bytes, long chunkBytes, double hopSeconds, Forwarding forwarding) {
    public PlanRequest {
        requireNonNull(forwarding, "forwarding is null");
        if (bytes < 0) {
            throw new IllegalArgumentException("An image of " + bytes + " bytes cannot be planned; give 0 or more.");
        }
        if (chunkBytes < 1) {
            throw new IllegalArgumentException("Chunks of " + chunkBytes + " bytes carry nothing; give at least 1.");
        }
        if (!(hopSeconds >= 0) || Double.isInfinite(hopSeconds)) {
            throw new IllegalArgumentException(
                    "A hop of " + hopSeconds + " s cannot be reckoned with; give 0 or more.");
        }
    }

    /** Passed on chunk by chunk. */
    public PlanRequest(long bytes, long chunkBytes, double hopSeconds) {
        this(bytes, chunkBytes, hopSeconds, Forwarding.CUT_THROUGH);
    }

    /** Chunks of 256 KiB and 1 ms at each hop, passed on chunk by chunk. */
    public static PlanRequest ofBytes(long bytes) {
        return new PlanRequest(bytes, 256 << 10, 0.001);
    }
}
