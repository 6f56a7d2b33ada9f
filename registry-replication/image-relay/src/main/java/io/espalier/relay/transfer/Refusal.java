package io.espalier.relay.transfer;

import io.espalier.relay.feed.ReadableBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** A blob that a child will not get here: it is told so at once, and asks its next source. */
record Refusal(String reason) implements ReadableBlob {
    @Override
    public int next(BitSet sent) throws IOException {
        throw new IOException(reason);
    }

    @Override
    public void read(int index, ByteBuffer into) throws IOException {
        throw new IOException(reason);
    }

    @Override
    public void whenMore(Runnable wake) {}

    @Override
    public void close() {}
}
