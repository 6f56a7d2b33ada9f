package io.espalier.relay.feed;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A chunk that has its place in memory until it is closed. Read by one thread; any thread may close it. */
public interface HeldChunk extends AutoCloseable {
    /**
     * The whole chunk, from position to limit, not to be changed; read from disk when it is not in memory. The same each time.
     *
     * @throws IOException when it cannot be read
     */
    ByteBuffer bytes() throws IOException;

    /** Gives the place back: its bytes may be others from now on. Idempotent. */
    @Override
    void close();
}
