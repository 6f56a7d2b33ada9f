package io.espalier.stream.record;

import static java.util.Objects.requireNonNull;

/**
 * Identifies one record for ever: who sent it, from which store of his, and where in the sequence it stands.
 *
 * <p>A sender that sends a record again after a fault sends it with the same position, so a reader finds duplicates by
 * equality and losses by gaps.
 *
 * @param agent the sender and its source, 1 to 256 characters without control characters; a collector writes
 *     {@code agent/source}
 * @param epoch the life of the sender's store, new whenever that store is created anew; not negative
 * @param seq the place in the source's sequence, from 0 without gaps
 */
public record SourcePosition(String agent, long epoch, long seq) {
    public SourcePosition {
        requireNonNull(agent, "agent is null");
        if (agent.isEmpty() || agent.length() > 256) {
            throw new IllegalArgumentException("agent has " + agent.length() + " characters; use 1 to 256.");
        }
        int unusable = indexOfUnusable(agent);
        if (unusable >= 0) {
            throw new IllegalArgumentException(
                    "agent has the character U+%04X at index %d; use no control characters and no half of a surrogate pair."
                            .formatted((int) agent.charAt(unusable), unusable));
        }
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is " + epoch + "; it is never negative.");
        }
        if (seq < 0) {
            throw new IllegalArgumentException("seq is " + seq + "; it is never negative.");
        }
    }

    /** Such characters would break log lines and HTTP headers, or not survive UTF-8. */
    private static int indexOfUnusable(String agent) {
        for (int i = 0; i < agent.length(); i++) {
            char c = agent.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < agent.length()
                    && Character.isLowSurrogate(agent.charAt(i + 1))) {
                i++;
            } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}
