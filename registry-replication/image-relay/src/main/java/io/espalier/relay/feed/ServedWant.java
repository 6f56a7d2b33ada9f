package io.espalier.relay.feed;

import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A child's want while the parent serves it. Used by the sender's thread; only the wake-up comes from another. */
final class ServedWant {
    private final Want want;
    private final int chunks;
    private final BitSet sent;
    private int left;
    private final long giveUpAt;
    private long nextTry;
    private @Nullable ReadableBlob blob;
    private int next = -1;
    private volatile boolean mayHaveMore = true;

    /** @param giveUpAt when to refuse it if the source does not know the blob until then */
    ServedWant(Want want, long now, long giveUpAt) {
        this.want = want;
        this.chunks = Math.toIntExact((want.size() + want.chunkBytes() - 1) / want.chunkBytes());
        this.sent = (BitSet) want.have().clone();
        this.nextTry = now;
        this.giveUpAt = giveUpAt;
        // What lies beyond the end would make the want look served too early.
        sent.clear(chunks, Math.max(chunks, sent.length()));
        this.left = chunks - sent.cardinality();
    }

    Want want() {
        return want;
    }

    int chunks() {
        return chunks;
    }

    boolean isOpen() {
        return blob != null;
    }

    boolean isServed() {
        return left == 0;
    }

    /** Whether there may be wants of the same blob beside it. */
    boolean isStriped() {
        return want.stripe().count() > 1;
    }

    boolean isOfSameBlob(ServedWant other) {
        return want.blob().equals(other.want.blob());
    }

    /** Nanoseconds until the source should be asked again for the blob. */
    long untilTry(long now) {
        return Math.max(0, nextTry - now);
    }

    /** Asks the source; answers whether it knows the blob. */
    boolean open(ChunkSource source, long now, long again, Runnable wake) {
        ReadableBlob found = source.open(want).orElse(null);
        if (found == null) {
            nextTry = now + again;
            return false;
        }
        blob = found;
        found.whenMore(() -> {
            mayHaveMore = true;
            wake.run();
        });
        return true;
    }

    boolean isGivenUp(long now) {
        return blob == null && now - giveUpAt >= 0;
    }

    /** The chunk to send next, -1 when none is available. */
    int next() throws IOException {
        if (blob == null || next >= 0 || !mayHaveMore) {
            return next;
        }
        mayHaveMore = false; // before looking, so that what comes meanwhile is not missed
        next = blob.next(sent);
        if (next >= chunks || (next >= 0 && sent.get(next))) {
            throw new IOException("the source offers chunk " + next + " of " + chunks + ", which is not wanted");
        }
        if (next >= 0) {
            mayHaveMore = true;
        }
        return next;
    }

    int length(int index) {
        return (int) Math.min(want.chunkBytes(), want.size() - (long) index * want.chunkBytes());
    }

    /** Takes hold of the chunk that {@link #next} named; null when the source has no memory for it now. */
    @Nullable
    HeldChunk hold(int index, boolean first) throws IOException {
        if (blob == null) {
            throw new IllegalStateException("Chunk " + index + " of " + want.blob() + " is held before it is open.");
        }
        return blob.hold(index, length(index), first);
    }

    /** Takes the chunk that {@link #next} named for sent. */
    void sent(int index) {
        sent.set(index);
        left--;
        next = -1;
    }

    void close() {
        if (blob != null) {
            blob.close();
        }
    }
}
