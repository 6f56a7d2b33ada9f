package io.espalier.relay.spool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The hashes of a blob's chunks as far as they are known; they come in batches while chunks wait for them. Thread-safe. */
final class ChunkHashes {
    /** More are refused: 1 TiB in chunks of 1 MiB. */
    static final int MAX_CHUNKS = 1 << 20;

    private byte[] bytes = new byte[0];
    private final BitSet known = new BitSet();

    /** Takes a batch and tells which chunks now have another hash than before. */
    synchronized BitSet put(int first, byte[] sha256) {
        int count = sha256.length / Sha256.BYTES;
        BitSet changed = new BitSet();
        grow((first + count) * Sha256.BYTES);
        for (int i = 0; i < count; i++) {
            int index = first + i;
            if (known.get(index) && !same(index, sha256, i * Sha256.BYTES)) {
                changed.set(index);
            }
            System.arraycopy(sha256, i * Sha256.BYTES, bytes, index * Sha256.BYTES, Sha256.BYTES);
            known.set(index);
        }
        notifyAll();
        return changed;
    }

    /** Takes what another one knows. */
    void putAll(ChunkHashes other) {
        BitSet theirs;
        synchronized (other) {
            theirs = (BitSet) other.known.clone();
        }
        for (int i = theirs.nextSetBit(0); i >= 0; i = theirs.nextSetBit(i + 1)) {
            byte[] hash = other.find(i);
            if (hash != null) {
                put(i, hash);
            }
        }
    }

    /** The hash, waited for up to the limit; null when it has not come. */
    synchronized byte @Nullable [] await(int index, long limitNanos) throws InterruptedException {
        long deadline = System.nanoTime() + limitNanos;
        while (!known.get(index)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return Arrays.copyOfRange(bytes, index * Sha256.BYTES, (index + 1) * Sha256.BYTES);
    }

    synchronized byte @Nullable [] find(int index) {
        return known.get(index) ? Arrays.copyOfRange(bytes, index * Sha256.BYTES, (index + 1) * Sha256.BYTES) : null;
    }

    /** How many of the first {@code chunks} are known. */
    synchronized int count(int chunks) {
        return known.get(0, chunks).cardinality();
    }

    private boolean same(int index, byte[] other, int from) {
        return Arrays.equals(bytes, index * Sha256.BYTES, (index + 1) * Sha256.BYTES, other, from, from + Sha256.BYTES);
    }

    private void grow(int length) {
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, Math.min(2 * bytes.length, MAX_CHUNKS * Sha256.BYTES)));
        }
    }
}
