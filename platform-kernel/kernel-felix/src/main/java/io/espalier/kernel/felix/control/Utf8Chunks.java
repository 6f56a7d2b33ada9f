package io.espalier.kernel.felix.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/** Cuts a byte stream into pieces of text without ever cutting a character. Safe for use by many threads. */
final class Utf8Chunks extends OutputStream {
    private static final int SIZE = 8192;

    /** Takes a piece of text. */
    @FunctionalInterface
    interface Sink {
        void accept(String text) throws IOException;
    }

    private final Sink sink;
    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    private final CharBuffer chars = CharBuffer.allocate(SIZE);
    private final CharsetDecoder decoder = UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    Utf8Chunks(Sink sink) {
        this.sink = requireNonNull(sink, "sink is null");
    }

    @Override
    public synchronized void write(int value) throws IOException {
        bytes.put((byte) value);
        if (value == '\n' || !bytes.hasRemaining()) {
            flush();
        }
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int count = Math.min(bytes.remaining(), end - from);
            bytes.put(source, from, count);
            from += count;
            if (!bytes.hasRemaining()) {
                flush();
            }
        }
        if (length > 0 && source[end - 1] == '\n') {
            flush();
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        bytes.flip();
        decoder.decode(bytes, chars, false);
        bytes.compact();
        chars.flip();
        String text = chars.toString();
        chars.clear();
        if (!text.isEmpty()) {
            sink.accept(text);
        }
    }
}
