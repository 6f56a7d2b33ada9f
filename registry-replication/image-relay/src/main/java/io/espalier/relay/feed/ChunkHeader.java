package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Transfer;
import java.nio.ByteBuffer;

/**
 * What stands before the bytes of a chunk, 16 bytes in network order: kind (1), version (1), two zero bytes, want, index, length.
 * See docs/formats/relay-feed.md.
 *
 * @param want as the child numbered it
 * @param index of the chunk in its blob
 * @param length bytes that follow
 */
public record ChunkHeader(int want, int index, int length) {
    public static final int BYTES = 16;
    private static final int KIND_AND_VERSION = 0x01_01_00_00;

    public ChunkHeader {
        if (want < 0 || index < 0 || length < 1 || length > Transfer.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("Tried to read a chunk's header but it says want " + want + ", index "
                    + index + ", length " + length + ", which cannot be.");
        }
    }

    /** Writes it at the buffer's position. */
    public void write(ByteBuffer into) {
        into.putInt(KIND_AND_VERSION).putInt(want).putInt(index).putInt(length);
    }

    /**
     * Reads it from the buffer's position.
     *
     * @throws IllegalArgumentException with a sentence when there is none
     */
    public static ChunkHeader read(ByteBuffer from) {
        requireNonNull(from, "from is null");
        if (from.remaining() < BYTES) {
            throw new IllegalArgumentException("Tried to read a chunk's header but the frame has only "
                    + from.remaining() + " bytes of " + BYTES + ".");
        }
        int kind = from.getInt();
        if (kind != KIND_AND_VERSION) {
            throw new IllegalArgumentException("Tried to read a chunk's header but the frame is of kind "
                    + Integer.toHexString(kind) + "; this release knows only "
                    + Integer.toHexString(KIND_AND_VERSION) + ".");
        }
        return new ChunkHeader(from.getInt(), from.getInt(), from.getInt());
    }
}
