package io.espalier.relay.wire;

import io.espalier.relay.feed.ChunkHeader;
import io.espalier.relay.feed.Want;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a chunk together in one of a few reused buffers. {@link #add} belongs to the event loop, {@link #free} to the
 * listener's thread.
 */
final class ChunkAssembly {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Map<Integer, Want> wants;
    private final Queue<ByteBuffer> free = new ArrayDeque<>();
    private @Nullable ByteBuffer current;
    private @Nullable ChunkHeader header;
    private boolean unwanted;

    /** A chunk as a whole; its data is an own buffer until it is freed. */
    record Chunk(int want, int index, ByteBuffer data, int length) {}

    /** @param wants those that are open, by id; changed by others meanwhile */
    ChunkAssembly(Map<Integer, Want> wants, int buffers) {
        this.wants = wants;
        for (int i = 0; i < buffers; i++) {
            free.add(NOTHING);
        }
    }

    /**
     * Adds what a frame carries.
     *
     * @return the chunk when it is whole and wanted, else null
     * @throws IllegalArgumentException with a sentence when it does not fit what was wanted
     */
    @Nullable
    Chunk add(Buffer frame, boolean begins, boolean ends) {
        ByteBuffer data = ((BufferInternal) frame).getByteBuf().nioBuffer();
        if (begins) {
            begin(data);
        }
        ChunkHeader chunk = header;
        if (chunk == null) {
            throw new IllegalArgumentException("Tried to read a chunk but it has no beginning.");
        }
        ByteBuffer into = current == null ? NOTHING : current;
        int missing = unwanted ? Integer.MAX_VALUE : into.remaining();
        if (data.remaining() > missing || (ends && data.remaining() < missing && !unwanted)) {
            throw new IllegalArgumentException("Tried to read chunk " + chunk.index() + " but it has not the "
                    + chunk.length() + " bytes that its header says.");
        }
        if (!unwanted) {
            into.put(data);
        }
        if (!ends) {
            return null;
        }
        header = null;
        current = null;
        return unwanted ? null : new Chunk(chunk.want(), chunk.index(), into.flip(), chunk.length());
    }

    private void begin(ByteBuffer data) {
        if (header != null) {
            throw new IllegalArgumentException("Tried to read a chunk but another one began before its end.");
        }
        ChunkHeader chunk = ChunkHeader.read(data);
        header = chunk;
        Want want = wants.get(chunk.want());
        unwanted = want == null; // as after a release
        if (want == null) {
            return;
        }
        long offset = (long) chunk.index() * want.chunkBytes();
        if (offset >= want.size() || chunk.length() != Math.min(want.chunkBytes(), want.size() - offset)) {
            throw new IllegalArgumentException("Tried to read chunk " + chunk.index() + " of " + want.blob()
                    + " but its " + chunk.length() + " bytes do not fit a blob of " + want.size()
                    + " bytes in chunks of "
                    + want.chunkBytes() + ".");
        }
        current = take(chunk.length());
    }

    private ByteBuffer take(int bytes) {
        synchronized (free) {
            ByteBuffer buffer = free.poll();
            if (buffer == null) {
                throw new IllegalArgumentException("Tried to read a chunk but it came although none was asked for.");
            }
            return (buffer.capacity() >= bytes ? buffer : ByteBuffer.allocate(bytes))
                    .clear()
                    .limit(bytes);
        }
    }

    /** Whether a chunk that begins now has a buffer. */
    boolean hasRoom() {
        synchronized (free) {
            return !free.isEmpty();
        }
    }

    void free(Chunk chunk) {
        synchronized (free) {
            free.add(chunk.data());
        }
    }
}
