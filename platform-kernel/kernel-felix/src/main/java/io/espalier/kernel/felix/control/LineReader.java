package io.espalier.kernel.felix.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Reads lines of at most 64 KiB from a channel. For one thread. */
final class LineReader {
    private static final int LONGEST = 64 * 1024;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(4096).limit(0);

    LineReader(ReadableByteChannel channel) {
        this.channel = requireNonNull(channel, "channel is null");
    }

    /** The next line without its end, or null when the other side has gone. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    return line.toString(UTF_8).strip();
                }
                line.write(next);
                if (line.size() > LONGEST) {
                    throw new IOException("a command line is longer than " + LONGEST + " bytes");
                }
            }
            buffer.clear();
            int count = channel.read(buffer);
            buffer.flip();
            if (count < 0) {
                return null;
            }
        }
    }
}
