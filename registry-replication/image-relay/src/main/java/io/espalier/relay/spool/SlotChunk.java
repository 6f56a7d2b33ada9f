package io.espalier.relay.spool;

import io.espalier.relay.feed.HeldChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A hold on a slot of the node's memory for chunks. */
final class SlotChunk implements HeldChunk {
    private final ChunkMemory.Slot slot;
    private final Reading reading;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean filled;

    /** Reads the chunk from disk. */
    interface Reading {
        void into(ByteBuffer buffer) throws IOException;
    }

    /** @param filled whether the chunk is there */
    SlotChunk(ChunkMemory.Slot slot, boolean filled, Reading reading) {
        this.slot = slot;
        this.filled = filled;
        this.reading = reading;
    }

    @Override
    public ByteBuffer bytes() throws IOException {
        if (!filled) {
            reading.into(slot.bytes());
            filled = true;
        }
        return slot.bytes();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            slot.close();
        }
    }
}
