package io.espalier.kernel.launcher.control;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Sends command lines to a running kernel over its control socket (docs/formats/control-socket.md). For one thread at a time.
 */
public final class ControlClient implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    private final SocketChannel channel;
    private final BufferedReader answers;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
        this.answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** Connects, or throws at once when nobody listens there. */
    public static ControlClient connect(Path socket) throws IOException {
        requireNonNull(socket, "socket is null");
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ControlClient(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "Tried to reach the kernel at " + socket + " but nobody listens there (" + e.getMessage()
                            + "); start it with 'espalier start', or name its data folder with --data.",
                    e);
        }
    }

    /**
     * Runs one command line in the kernel and returns when it has ended.
     *
     * @param out takes each piece of normal output as it comes, with its line ends
     * @param err takes each piece of error output as it comes, with its line ends
     * @return the exit code, 0 when the command succeeded
     * @throws IOException when the kernel went away before the command had ended
     */
    public int execute(String commandLine, Consumer<String> out, Consumer<String> err) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((commandLine.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        for (String answer = answers.readLine(); answer != null; answer = answers.readLine()) {
            Answer piece = parse(answer);
            switch (piece.kind()) {
                case "out" -> out.accept(piece.text());
                case "err" -> err.accept(piece.text());
                case "exit" -> {
                    return Integer.parseInt(piece.text());
                }
                default -> {
                    // a kind that a newer kernel may send and this client need not understand
                }
            }
        }
        throw new IOException(
                "The kernel closed the connection before '" + commandLine + "' had ended; see log/espalier.log.");
    }

    private static Answer parse(String line) throws IOException {
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() == JsonToken.START_OBJECT && json.nextToken() == JsonToken.FIELD_NAME) {
                String kind = json.currentName();
                json.nextToken();
                return new Answer(kind, json.getText());
            }
        }
        throw new IOException("The kernel answered '" + line + "', which is not the control protocol.");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private record Answer(String kind, String text) {}
}
