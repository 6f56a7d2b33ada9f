package io.espalier.kernel.felix.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.kernel.felix.configuration.FlatJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;

/** Writes answers as one JSON object a line. Safe for use by many threads. */
final class JsonLines {
    private final WritableByteChannel channel;

    JsonLines(WritableByteChannel channel) {
        this.channel = requireNonNull(channel, "channel is null");
    }

    synchronized void send(String key, Object value) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((FlatJson.line(Map.of(key, value)) + "\n").getBytes(UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    /** A stream whose text goes out under the key whenever it is flushed, ends a line or grows long. */
    OutputStream stream(String key) {
        return new Utf8Chunks(text -> send(key, text));
    }
}
