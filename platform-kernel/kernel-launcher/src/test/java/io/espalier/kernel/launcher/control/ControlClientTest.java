package io.espalier.kernel.launcher.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlClientTest {
    @TempDir
    private Path folder;

    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();

    @Test
    void handsOnOutputAndErrorsAndAnswersWithTheExitCode() throws Exception {
        try (Answering kernel =
                new Answering("{\"out\":\"a \\\"b\\\"\"}\n{\"err\":\"c\"}\n{\"later\":\"x\"}\n{\"exit\":3}\n")) {
            try (ControlClient client = ControlClient.connect(kernel.socket())) {
                assertThat(client.execute("plugin:list\nplugin:restart x", out::add, err::add))
                        .isEqualTo(3);
            }
            assertThat(kernel.received.get()).isEqualTo("plugin:list plugin:restart x");
        }
        assertThat(out).containsExactly("a \"b\"");
        assertThat(err).containsExactly("c");
    }

    @Test
    void saysThatTheKernelWentAwayInMidCommand() throws Exception {
        try (Answering kernel = new Answering("{\"out\":\"a\"}\n");
                ControlClient client = ControlClient.connect(kernel.socket())) {
            assertThatThrownBy(() -> client.execute("x", out::add, err::add))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("before 'x' had ended");
        }
    }

    @Test
    void saysHowToStartAKernelWhenThereIsNone() {
        assertThatThrownBy(() -> ControlClient.connect(folder.resolve("kernel.sock")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("espalier start");
    }

    @Test
    void refusesAnAnswerThatIsNotTheProtocol() throws Exception {
        try (Answering kernel = new Answering("hello\n");
                ControlClient client = ControlClient.connect(kernel.socket())) {
            assertThatThrownBy(() -> client.execute("x", out::add, err::add)).isInstanceOf(IOException.class);
        }
    }

    /** Takes one line and answers it with a fixed text. */
    private final class Answering implements AutoCloseable {
        private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        private final CompletableFuture<String> received;

        Answering(String answer) throws IOException {
            server.bind(UnixDomainSocketAddress.of(socket()));
            received = CompletableFuture.supplyAsync(() -> serve(answer));
        }

        Path socket() {
            return folder.resolve("kernel.sock");
        }

        private String serve(String answer) {
            try (SocketChannel client = server.accept()) {
                String line = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8)).readLine();
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                return line;
            } catch (IOException e) {
                throw new AssertionError("The answering side failed.", e);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
