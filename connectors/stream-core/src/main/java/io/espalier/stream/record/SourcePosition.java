package io.espalier.stream.record;

import static java.util.Objects.requireNonNull;

/**
 * Identifies one record for ever: who sent it, from which store of his, and where in the sequence it stands.
 *
 * <p>A sender that sends a record again after a fault sends it with the same position, so a reader finds duplicates by
 * equality and losses by gaps.
 *
 * @param agent the sender and its source, 1 to 256 characters; a collector writes {@code agent/source}
 * @param epoch the life of the sender's store, new whenever that store is created anew; not negative
 * @param seq the place in the source's sequence, from 0 without gaps
 */
public record SourcePosition(String agent, long epoch, long seq) {
    public SourcePosition {
        requireNonNull(agent, "agent is null");
        if (agent.isEmpty() || agent.length() > 256) {
            throw new IllegalArgumentException("agent has " + agent.length() + " characters; use 1 to 256.");
        }
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is " + epoch + "; it is never negative.");
        }
        if (seq < 0) {
            throw new IllegalArgumentException("seq is " + seq + "; it is never negative.");
        }
    }
}
