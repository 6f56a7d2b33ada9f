package io.espalier.relay.feed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Verified chunks of a blob, as they become available. Used by one thread; the wake-up comes from another. */
public interface ReadableBlob extends AutoCloseable {
    /**
     * The lowest chunk that is available and not in {@code sent}, else -1. Never blocks.
     *
     * @throws IOException when it will never come, as when the transfer was cancelled or the registry does not give the blob
     */
    int next(BitSet sent) throws IOException;

    /** Reads a chunk that {@link #next} named to the end of {@code into}, which has room for it. */
    void read(int index, ByteBuffer into) throws IOException;

    /**
     * Takes hold of a chunk that {@link #next} named. No I/O.
     *
     * @param length of the chunk
     * @param first whether the caller holds no other one; who does is the first to go without when memory is short
     * @return null when there is no memory for it now; the call that {@link #whenMore} asks for comes when there may be
     * @throws IOException as {@code next}
     */
    default @Nullable HeldChunk hold(int index, int length, boolean first) throws IOException {
        return new ReadChunk(this, index, length);
    }

    /** Calls this whenever more may be available, from then on until closed. The call must not block. */
    void whenMore(Runnable wake);

    @Override
    void close();
}
