package io.espalier.collector.checkpoint;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * All that is kept of one stream.
 *
 * @param epoch the life of this store; new with each new store
 * @param nextNumber the number of the next source
 * @param savedAtMillis when it was saved, in milliseconds since 1970
 * @param sources all sources that are not finished, and the latest that are
 */
public record Checkpoint(long epoch, long nextNumber, long savedAtMillis, List<SourceState> sources) {
    public Checkpoint {
        sources = List.copyOf(sources);
        if (epoch < 0 || nextNumber < 0 || savedAtMillis < 0) {
            throw new IllegalArgumentException("epoch " + epoch + ", next number " + nextNumber + " and time "
                    + savedAtMillis + " must not be negative.");
        }
    }

    /**
     * The checkpoint of a new store. Its epoch is the time in milliseconds with three random digits, which is below 2^53, so
     * that readers that know only floating point numbers keep it exactly.
     */
    public static Checkpoint create(long nowMillis) {
        long epoch = nowMillis * 1000 + ThreadLocalRandom.current().nextInt(1000);
        return new Checkpoint(epoch, 0, nowMillis, List.of());
    }
}
