package io.espalier.relay.wire;

import io.espalier.relay.feed.ChunkHeader;
import io.espalier.relay.feed.Want;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Puts the pieces of a chunk together in one of a few reused buffers. {@link #free} is for the listener's thread, all else for the
 * event loop.
 */
final class ChunkAssembly {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Map<Integer, Want> wants;
    private final Queue<ByteBuffer> free = new ArrayDeque<>();
    private final ByteBuffer head = ByteBuffer.allocate(ChunkHeader.BYTES);
    private boolean begun;
    private @Nullable ChunkHeader header;
    private @Nullable ByteBuffer current;

    /** A chunk as a whole; its data is an own buffer until it is freed. */
    record Chunk(int want, int index, ByteBuffer data, int length) {}

    /** @param wants those that are open, by id; changed by others meanwhile */
    ChunkAssembly(Map<Integer, Want> wants, int buffers) {
        this.wants = wants;
        for (int i = 0; i < buffers; i++) {
            free.add(NOTHING);
        }
    }

    /** A message begins; there has to be room. */
    void begin() {
        if (begun) {
            throw new IllegalArgumentException("Tried to read a chunk but another one began before its end.");
        }
        begun = true;
        head.clear();
        header = null;
        current = null;
    }

    /**
     * Takes the next bytes of the message.
     *
     * @param from all of them, or more; so many are read
     * @throws IllegalArgumentException with a sentence when they do not fit what was wanted
     */
    void add(ByteBuf from, int bytes) {
        if (!begun) {
            throw new IllegalArgumentException("Tried to read a chunk but it has no beginning.");
        }
        int left = bytes;
        if (header == null) {
            int part = Math.min(left, head.remaining());
            from.readBytes(head.limit(head.position() + part));
            head.limit(ChunkHeader.BYTES);
            left -= part;
            if (head.hasRemaining()) {
                return;
            }
            header = read();
        }
        ByteBuffer into = current;
        if (into == null) {
            from.skipBytes(left); // not wanted, as after a release
        } else if (left > into.remaining()) {
            throw wrongLength();
        } else if (left > 0) {
            int limit = into.limit();
            from.readBytes(into.limit(into.position() + left));
            into.limit(limit);
        }
    }

    /**
     * The message is whole.
     *
     * @return the chunk; null when it is not wanted
     * @throws IllegalArgumentException with a sentence when something is missing
     */
    @Nullable
    Chunk end() {
        ChunkHeader chunk = header == null ? ChunkHeader.read(head.flip()) : header;
        ByteBuffer whole = current;
        if (whole != null && whole.hasRemaining()) {
            throw wrongLength();
        }
        begun = false;
        header = null;
        current = null;
        return whole == null ? null : new Chunk(chunk.want(), chunk.index(), whole.flip(), chunk.length());
    }

    private IllegalArgumentException wrongLength() {
        return new IllegalArgumentException("Tried to read chunk "
                + (header == null ? "?" : header.index() + " of " + header.length() + " bytes")
                + " but more or fewer bytes came than its header says.");
    }

    private ChunkHeader read() {
        ChunkHeader chunk = ChunkHeader.read(head.flip());
        Want want = wants.get(chunk.want());
        if (want == null) {
            return chunk;
        }
        long offset = (long) chunk.index() * want.chunkBytes();
        if (offset >= want.size() || chunk.length() != Math.min(want.chunkBytes(), want.size() - offset)) {
            throw new IllegalArgumentException("Tried to read chunk " + chunk.index() + " of " + want.blob()
                    + " but its " + chunk.length() + " bytes do not fit a blob of " + want.size()
                    + " bytes in chunks of "
                    + want.chunkBytes() + ".");
        }
        current = take(chunk.length());
        return chunk;
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
