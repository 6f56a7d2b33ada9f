package io.espalier.gateway.lane;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the bytes in flight. One larger than the whole budget passes alone, so that it is not held for ever. Safe for use
 * by many threads.
 */
final class ByteBudget {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final long max;
    private long used;

    ByteBudget(long max) {
        this.max = max;
    }

    /** Waits for room up to the limit; answers whether the bytes are taken. */
    boolean take(long bytes, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (used > 0 && bytes > max - used) {
                if (left <= 0) {
                    return false;
                }
                left = returned.awaitNanos(left);
            }
            used += bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void giveBack(long bytes) {
        lock.lock();
        try {
            used -= bytes;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isUnused() {
        lock.lock();
        try {
            return used == 0;
        } finally {
            lock.unlock();
        }
    }
}
