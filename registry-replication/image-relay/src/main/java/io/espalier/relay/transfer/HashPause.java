package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.spool.Offer;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.spool.SpooledBlob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a fetch does about chunks whose hash has not come: it waits a little for the hash, and then wants nothing until the master
 * has sent more. Thread-safe.
 */
final class HashPause {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration SHORT_WAIT = Duration.ofMillis(100);

    private final SpooledBlob blob;
    private final Duration hashWait;
    private volatile boolean on;
    private volatile int knownThen;
    private volatile long since;

    /** @param hashWait how long a chunk waits for its hash where that holds up nobody else */
    HashPause(SpooledBlob blob, Duration hashWait) {
        this.blob = requireNonNull(blob, "blob is null");
        this.hashWait = requireNonNull(hashWait, "hashWait is null");
    }

    /**
     * Gives a chunk to the spool. It waits on the feed's own thread, which all blobs of that source share: for long only while
     * there is no other one.
     */
    Offer offer(int index, ByteBuffer data, BooleanSupplier holdsUpOthers) throws SpoolException, InterruptedException {
        long deadline = System.nanoTime() + hashWait.toNanos();
        Duration slice = SHORT_WAIT.compareTo(hashWait) < 0 ? SHORT_WAIT : hashWait;
        Offer offer = blob.offer(index, data, on ? Duration.ZERO : slice);
        while (offer == Offer.NO_HASH && !on && !holdsUpOthers.getAsBoolean() && System.nanoTime() - deadline < 0) {
            offer = blob.offer(index, data, slice);
        }
        return offer;
    }

    boolean isOn() {
        return on;
    }

    void begin() {
        knownThen = blob.hashesKnown();
        since = System.nanoTime();
        on = true;
    }

    void end() {
        on = false;
    }

    /** Whether the master has sent more since it began. */
    boolean isOver() {
        return blob.hashesKnown() > knownThen || blob.hashesKnown() == blob.chunks();
    }

    boolean isTooLong() {
        return System.nanoTime() - since > LONGEST_NANOS;
    }
}
