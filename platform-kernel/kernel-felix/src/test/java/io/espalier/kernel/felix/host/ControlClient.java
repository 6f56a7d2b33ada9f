package io.espalier.kernel.felix.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client of the control socket, written after the protocol's description. */
public final class ControlClient implements AutoCloseable {
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).limit(0);

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /** What a command printed and how it ended. */
    public record Answer(String out, String err, int exit) {}

    /** One line of the server: its key and its value. */
    public record Line(String key, String value) {}

    public static ControlClient connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new ControlClient(channel);
    }

    public synchronized Answer run(String command) {
        try {
            send(command);
            StringBuilder out = new StringBuilder();
            StringBuilder err = new StringBuilder();
            while (true) {
                Line line = next();
                switch (line.key()) {
                    case "out" -> out.append(line.value());
                    case "err" -> err.append(line.value());
                    default -> {
                        return new Answer(out.toString(), err.toString(), Integer.parseInt(line.value()));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(String command) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((command + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    public Line next() throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            while (buffer.hasRemaining()) {
                byte one = buffer.get();
                if (one == '\n') {
                    return parse(text.toString());
                }
                text.append((char) (one & 0xff));
            }
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new IOException("The kernel closed the connection.");
            }
            buffer.flip();
        }
    }

    private static Line parse(String latin) throws IOException {
        byte[] bytes = latin.getBytes(ISO_8859_1);
        try (JsonParser parser = new JsonFactory().createParser(bytes)) {
            parser.nextToken();
            String key = parser.nextFieldName();
            parser.nextToken();
            return new Line(key, parser.getText());
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
