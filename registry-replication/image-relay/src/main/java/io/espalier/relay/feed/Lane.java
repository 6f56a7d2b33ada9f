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

    /** The first want that has a chunk to send; null when none has. */
    @Nullable
    ServedWant first() throws BrokenWant {
        for (ServedWant want : wants) {
            try {
                if (want.next() >= 0) {
                    return want;
                }
            } catch (IOException e) {
                throw new BrokenWant(want, e, false);
            }
        }
        return null;
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
