package io.espalier.kernel.launcher.control;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ReadyWaitTest {
    @TempDir
    private Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private int await(long pid) throws InterruptedException {
        return new ReadyWait(folder.resolve("kernel.sock"), pid, told::add).await();
    }

    @Test
    void asksAgainUntilTheKernelIsReady() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("kernel.sock")));
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> {
                answer(server, "{\"err\":\"NOT READY\"}\n{\"exit\":1}\n");
                answer(server, "");
                answer(server, "{\"out\":\"READY\"}\n{\"exit\":0}\n");
            });

            assertThat(await(ProcessHandle.current().pid())).isEqualTo(ReadyWait.READY);
            answering.join();
        }
        assertThat(asked).containsExactly("health:check", "health:check", "health:check");
        assertThat(told).isEmpty();
    }

    @Test
    void doesNotWaitForAKernelThatSomebodyHasToMend() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("kernel.sock")));
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> {
                answer(server, "{\"err\":\"NOT READY\\n\"}\n{\"exit\":1}\n");
                answer(
                        server,
                        "{\"err\":\"NOT READY until somebody mends what is rejected\\n! a.json\"}\n{\"exit\":1}\n");
            });

            assertThat(await(ProcessHandle.current().pid())).isEqualTo(ReadyWait.NOT_READY);
            answering.join();
        }
        assertThat(asked).hasSize(2);
        assertThat(told).singleElement().asString().contains("! a.json");
    }

    @Test
    void doesNotWaitForAProcessThatHasEnded() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();

        assertThat(await(ended.pid())).isEqualTo(ReadyWait.ENDED);
    }

    private void answer(ServerSocketChannel server, String text) {
        try (SocketChannel client = server.accept()) {
            asked.add(
                    String.valueOf(new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8)).readLine()));
            client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError("The answering side failed.", e);
        }
    }
}
