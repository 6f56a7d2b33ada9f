package io.espalier.relay.feed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

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

    /** Calls this whenever more may be available, from then on until closed. The call must not block. */
    void whenMore(Runnable wake);

    @Override
    void close();
}
