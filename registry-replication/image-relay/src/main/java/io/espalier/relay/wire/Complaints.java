package io.espalier.relay.wire;

import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.Want;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the child of one feed was sent lately, so that its complaints can be told from nonsense, and how many of them are heard:
 * each costs the reading of a whole blob. For the feed's event loop.
 */
final class Complaints {
    /** Complaints come while chunks are on their way, so older wants are not needed. */
    private static final int KEPT_WANTS = FeedLimits.WANTS;

    private static final int AT_ONCE = 8;
    private static final long ONE_EVERY_NANOS = 2_000_000_000L;

    private record Asked(String blob, int chunkBytes, long chunks) {}

    /** A chunk that is to be looked at. */
    record Doubt(String blob, int chunkBytes, int index) {}

    private final Map<Integer, Asked> wants = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Asked> eldest) {
            return size() > KEPT_WANTS;
        }
    };
    private long left = AT_ONCE;
    private long countedAt;

    Complaints(long now) {
        countedAt = now;
    }

    void wanted(Want want) {
        long chunks = (want.size() + want.chunkBytes() - 1) / want.chunkBytes();
        wants.put(want.id(), new Asked(want.blob(), want.chunkBytes(), chunks));
    }

    /**
     * A complaint came.
     *
     * @return what to look at; empty when the want is not known (any more), or the child complains too often
     * @throws IllegalArgumentException with a sentence when the blob has no such chunk
     */
    Optional<Doubt> take(int want, int index, long now) {
        Asked asked = wants.get(want);
        if (asked == null) {
            return Optional.empty();
        }
        if (index >= asked.chunks()) {
            throw new IllegalArgumentException("Tried to read a complaint about chunk " + index + " but want " + want
                    + " has " + asked.chunks() + " chunks.");
        }
        long earned = (now - countedAt) / ONE_EVERY_NANOS;
        countedAt += earned * ONE_EVERY_NANOS;
        left = Math.min(AT_ONCE, left + earned);
        if (left == 0) {
            return Optional.empty();
        }
        left--;
        return Optional.of(new Doubt(asked.blob(), asked.chunkBytes(), index));
    }
}
