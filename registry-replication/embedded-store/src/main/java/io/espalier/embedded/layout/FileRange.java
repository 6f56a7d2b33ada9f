package io.espalier.embedded.layout;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file, which stays what it was when it was opened, also if another file gets its name. For one thread. */
final class FileRange extends InputStream {
    private final FileChannel channel;
    private final long to;
    private long at;

    FileRange(FileChannel channel, long from, long to) {
        this.channel = channel;
        this.at = from;
        this.to = to;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at >= to) {
            return -1;
        }
        int count = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, to - at)), at);
        if (count < 0) {
            throw new EOFException("The blob's file ends at byte " + at + " instead of " + to + ".");
        }
        at += count;
        return count;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, to - at);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
