package io.espalier.relay.feed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wants of one image on a feed: those of one repository, priority and rate limit. They share one turn and one rate limit, and
 * are served in the order in which they came. For the sender's thread.
 */
final class Lane {
    /** What makes wants belong together. */
    record Key(String repository, int priority, long linkBytesPerSecond) {
        static Key of(Want want) {
            return new Key(want.repository(), want.priority(), want.linkBytesPerSecond());
        }
    }

    private final Key key;
    private final TokenBucket rate;
    private final List<ServedWant> wants = new ArrayList<>();
    private double pass;

    Lane(Key key, double pass, long now) {
        this.key = key;
        this.pass = pass;
        this.rate = new TokenBucket(key.linkBytesPerSecond(), now);
    }

    Key key() {
        return key;
    }

    double pass() {
        return pass;
    }

    List<ServedWant> wants() {
        return wants;
    }

    long delay(long now) {
        return rate.delay(now);
    }

    /**
     * The first want that has a chunk to send; null when none has. Of several stripes of one blob the one whose chunk comes first in
     * the blob, so that none of their trees waits for another one's end.
     */
    @Nullable
    ServedWant first() throws BrokenWant {
        ServedWant first = null;
        for (ServedWant want : wants) {
            if (first == null ? next(want) >= 0 : want.isOfSameBlob(first) && isBefore(next(want), next(first))) {
                first = want;
            }
            if (first != null && !first.isStriped()) {
                return first;
            }
        }
        return first;
    }

    private static boolean isBefore(int chunk, int other) {
        return chunk >= 0 && chunk < other;
    }

    private static int next(ServedWant want) throws BrokenWant {
        try {
            return want.next();
        } catch (IOException e) {
            throw new BrokenWant(want, e, false);
        }
    }

    /** Charges the lane; one that was idle begins where the others are, so that it does not catch up on what it did not want. */
    void spend(int bytes, double floor) {
        rate.spend(bytes);
        pass = Math.max(pass, floor) + (double) bytes / key.priority();
    }

    /** A want whose blob will never come. */
    static final class BrokenWant extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ServedWant want;
        private final boolean retryable;

        BrokenWant(ServedWant want, Exception cause, boolean retryable) {
            super(cause.getMessage(), cause);
            this.want = want;
            this.retryable = retryable;
        }

        ServedWant want() {
            return want;
        }

        boolean retryable() {
            return retryable;
        }
    }
}
