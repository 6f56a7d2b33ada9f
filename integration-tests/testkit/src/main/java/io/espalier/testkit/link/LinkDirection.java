package io.espalier.testkit.link;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One direction of a {@link LinkEmulator}, for all its connections together; every setting may change while they run.
 *
 * <p>Thread-safe. Settings count from the next byte that the link takes; a shorter delay does not let bytes overtake.
 */
public final class LinkDirection {
    private static final long NEVER = Long.MAX_VALUE;

    private final Runnable wakeUp;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong flips = new AtomicLong();
    private volatile long delayNanos;
    private volatile long bytesPerSecond;
    private volatile boolean frozen;
    private volatile boolean swallowing;
    private long nextFlip = NEVER;
    private long flipEvery;

    LinkDirection(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** Every byte arrives this much later than it was taken; zero for none. */
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay is " + delay + "; it must not be negative");
        }
        delayNanos = delay.toNanos();
        wakeUp.run();
    }

    /** At most this many bytes per second for all connections together (token bucket, 100 ms deep); 0 for no bound. */
    public void rate(long newBytesPerSecond) {
        if (newBytesPerSecond < 0) {
            throw new IllegalArgumentException("rate is " + newBytesPerSecond + " bytes/s; it must not be negative");
        }
        bytesPerSecond = newBytesPerSecond;
        wakeUp.run();
    }

    /** Half-open: nothing is taken or passed on, nothing is lost, the connections stay open; senders feel back pressure. */
    public void freeze() {
        frozen = true;
        wakeUp.run();
    }

    /** Half-open: everything is taken and thrown away, the connections stay open. */
    public void swallow() {
        swallowing = true;
        wakeUp.run();
    }

    /** Flips one bit of every {@code n}-th byte from now on; 0 for none. */
    public synchronized void corruptEvery(long n) {
        if (n < 0) {
            throw new IllegalArgumentException("n is " + n + "; it must not be negative");
        }
        flipEvery = n;
        nextFlip = n == 0 ? NEVER : bytes.get() + n - 1;
    }

    /** Flips one bit of the byte that comes after {@code offset} further bytes, once. */
    public synchronized void corruptAt(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + "; it must not be negative");
        }
        flipEvery = 0;
        nextFlip = bytes.get() + offset;
    }

    /** Back to a link without delay, bound or fault; what was swallowed stays lost. */
    public void heal() {
        delayNanos = 0;
        bytesPerSecond = 0;
        frozen = false;
        swallowing = false;
        corruptEvery(0);
        wakeUp.run();
    }

    /** How many bytes it has taken, of all connections. */
    public long bytes() {
        return bytes.get();
    }

    /** How many bits it has flipped. */
    public long flips() {
        return flips.get();
    }

    long delayNanos() {
        return delayNanos;
    }

    long bytesPerSecond() {
        return bytesPerSecond;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean isSwallowing() {
        return swallowing;
    }

    /** Counts what was taken and flips the bits that are due; called by the link's thread only. */
    synchronized void take(byte[] chunk, int length) {
        long from = bytes.getAndAdd(length);
        while (nextFlip < from + length) {
            int at = (int) (nextFlip - from);
            if (at >= 0) {
                chunk[at] ^= 1;
                flips.incrementAndGet();
            }
            nextFlip = flipEvery == 0 ? NEVER : Math.max(nextFlip, from) + flipEvery;
        }
    }
}
