package io.espalier.collector.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes that a pipeline has just read of one of its files; grows when a record needs it. Confined to one thread. */
public final class ReadBuffer {
    private ByteBuffer bytes;

    public ReadBuffer(int capacity) {
        bytes = ByteBuffer.allocate(capacity);
    }

    /** Reads from the offset until full or at the end of the file; returns the number of bytes read. */
    int fill(FileChannel channel, long offset) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                break;
            }
        }
        return bytes.position();
    }

    /** Makes room for at least this many bytes; what was read is gone. */
    void ensure(int capacity) {
        if (bytes.capacity() < capacity) {
            bytes = ByteBuffer.allocate(capacity);
        }
    }

    byte[] array() {
        return bytes.array();
    }

    int capacity() {
        return bytes.capacity();
    }
}
