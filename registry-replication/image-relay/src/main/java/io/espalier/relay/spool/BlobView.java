package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.HeldChunk;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.spool.SpoolException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a sender reads: a blob that may come into the spool only later, in the chunk size that the child asked for. While it shows
 * a blob, that is not evicted. Thread-safe.
 */
public final class BlobView implements ReadableBlob {
    private final Spool spool;
    private final BlobName wanted;
    private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
    private final Runnable wake;
    private @Nullable BlobFile file;
    private @Nullable String failed;
    private boolean closed;
    private Runnable onClose = () -> {};

    BlobView(Spool spool, BlobName wanted) {
        this.wake = this::wake;
        this.spool = requireNonNull(spool, "spool is null");
        this.wanted = requireNonNull(wanted, "wanted is null");
    }

    public String digest() {
        return wanted.digest();
    }

    public long size() {
        return wanted.size();
    }

    public int chunkBytes() {
        return wanted.chunkBytes();
    }

    /** Runs this once when the view is closed. */
    public synchronized void whenClosed(Runnable task) {
        onClose = requireNonNull(task, "task is null");
    }

    /** Shows this file from now on; false when the view is closed or has one, so that the hold is given back. */
    boolean bind(BlobFile shown) {
        synchronized (this) {
            if (closed || file != null || shown.name().size() != wanted.size()) {
                return false;
            }
            file = shown;
        }
        shown.onMore(wake);
        wake();
        return true;
    }

    /** The blob will not come: {@link #next} throws this from now on. */
    public void fail(String reason) {
        synchronized (this) {
            failed = requireNonNull(reason, "reason is null");
        }
        wake();
    }

    @Override
    public int next(BitSet sent) throws IOException {
        BlobFile shown = shown();
        return shown == null ? -1 : BlobReads.next(shown, wanted, sent);
    }

    @Override
    public void read(int index, ByteBuffer into) throws IOException {
        BlobFile shown = shown();
        if (shown == null) {
            throw new SpoolException(Code.ENDED, "Blob " + wanted.digest() + " has not come into the spool yet.");
        }
        BlobReads.read(shown, wanted, index, into);
    }

    @Override
    public @Nullable HeldChunk hold(int index, int length, boolean first) throws IOException {
        BlobFile shown = shown();
        if (shown == null) {
            throw new SpoolException(Code.ENDED, "Blob " + wanted.digest() + " has not come into the spool yet.");
        }
        boolean sameChunks = shown.name().chunkBytes() == wanted.chunkBytes();
        ChunkMemory.Slot fresh = sameChunks ? shown.inMemory(index) : null;
        if (fresh != null) {
            return new SlotChunk(fresh, true, into -> {});
        }
        ChunkMemory.Slot empty = shown.room(length, first, wake);
        return empty == null ? null : new SlotChunk(empty, false, into -> BlobReads.read(shown, wanted, index, into));
    }

    @Override
    public void whenMore(Runnable task) {
        wakes.add(requireNonNull(task, "task is null"));
    }

    @Override
    public void close() {
        BlobFile shown;
        Runnable then;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            shown = file;
            then = onClose;
        }
        wakes.clear();
        spool.forget(this);
        if (shown != null) {
            shown.offMore(wake);
            spool.release(shown);
        }
        then.run();
    }

    private void wake() {
        wakes.forEach(Runnable::run);
    }

    private synchronized @Nullable BlobFile shown() throws SpoolException {
        String reason = failed;
        if (reason != null) {
            throw new SpoolException(Code.ENDED, reason);
        }
        BlobFile shown = file;
        if (closed || (shown != null && shown.isEnded())) {
            throw new SpoolException(Code.ENDED, "The spool has given up blob " + wanted.digest() + ".");
        }
        return shown;
    }
}
