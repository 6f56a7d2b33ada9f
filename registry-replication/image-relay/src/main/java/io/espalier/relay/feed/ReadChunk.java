package io.espalier.relay.feed;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A chunk in a buffer of its own, of a source that has no memory to share. */
final class ReadChunk implements HeldChunk {
    private final ReadableBlob blob;
    private final int index;
    private final int length;
    private @Nullable ByteBuffer buffer;

    ReadChunk(ReadableBlob blob, int index, int length) {
        this.blob = blob;
        this.index = index;
        this.length = length;
    }

    @Override
    public ByteBuffer bytes() throws IOException {
        ByteBuffer read = buffer;
        if (read == null) {
            read = ByteBuffer.allocate(length);
            blob.read(index, read);
            buffer = read.flip();
        }
        return read;
    }

    @Override
    public void close() {
        // Nobody else has it.
    }
}
