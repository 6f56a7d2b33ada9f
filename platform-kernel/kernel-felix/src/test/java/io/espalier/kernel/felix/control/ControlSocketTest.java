package io.espalier.kernel.felix.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.host.ControlClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class ControlSocketTest {
    @TempDir
    private Path folder;

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private ControlSocket socket;

    @BeforeEach
    void open() throws IOException {
        socket = open(folder.resolve("kernel.sock"));
    }

    @AfterEach
    void close() {
        go.countDown();
        socket.close();
    }

    private ControlSocket open(Path path) throws IOException {
        return ControlSocket.open(path, EchoRunner::new, work -> {
            Thread thread = new Thread(work, "control-test");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Prints the line; the line "wait" prints first and then waits. */
    private final class EchoRunner implements CommandRunner {
        private final PrintStream out;

        EchoRunner(OutputStream out, OutputStream err) {
            this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
        }

        @Override
        public int run(String line) {
            out.println(line);
            if (line.equals("wait")) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            }
            return line.equals("fail") ? 1 : 0;
        }

        @Override
        public void close() {
            out.close();
        }
    }

    @Test
    void runsSeveralCommandsOnOneConnection() throws IOException {
        try (ControlClient client = client()) {
            assertThat(client.run("grüße ☃")).isEqualTo(new ControlClient.Answer("grüße ☃\n", "", 0));
            assertThat(client.run("fail").exit()).isEqualTo(1);
            assertThat(client.run("x".repeat(20_000)).out()).hasSize(20_001);
        }
    }

    @Test
    void streamsOutputWhileTheCommandRuns() throws IOException {
        try (ControlClient client = client()) {
            client.send("wait");
            assertThat(client.next()).isEqualTo(new ControlClient.Line("out", "wait\n"));
            go.countDown();
            assertThat(client.next()).isEqualTo(new ControlClient.Line("exit", "0"));
        }
    }

    @Test
    void interruptsTheCommandOfAClientThatLeaves() throws IOException {
        try (ControlClient client = client()) {
            client.send("wait");
            client.next();
        }
        await("the interrupt").atMost(Duration.ofSeconds(10)).untilTrue(interrupted);
    }

    @Test
    void turnsTheNinthClientAwayWithASentence() throws IOException {
        List<ControlClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(client());
            assertThat(clients.get(i).run("x").exit()).isZero();
        }

        try (ControlClient ninth = client()) {
            assertThat(ninth.next().value()).contains("serves 8 control clients already");
            assertThat(ninth.next()).isEqualTo(new ControlClient.Line("exit", "2"));
        }
        clients.forEach(ControlClient::close);
        await("a free place").atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            try (ControlClient next = client()) {
                return next.run("x").exit() == 0;
            }
        });
    }

    @Test
    void isOpenToItsOwnerOnlyAndGoesWithTheKernel() throws IOException {
        assertThat(Files.getPosixFilePermissions(folder.resolve("kernel.sock")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        socket.close();
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void refusesASocketThatAnotherKernelListensAt() {
        assertThatThrownBy(() -> open(folder.resolve("kernel.sock")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another kernel listens at");
    }

    @Test
    void replacesTheSocketOfAProcessThatIsGone() throws IOException {
        Path stale = folder.resolve("stale.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(stale));
        }
        assertThat(stale).exists();

        try (ControlSocket fresh = open(stale);
                ControlClient client = ControlClient.connect(stale)) {
            assertThat(fresh).isNotNull();
            assertThat(client.run("x").out()).isEqualTo("x\n");
        }
    }

    private ControlClient client() throws IOException {
        return ControlClient.connect(folder.resolve("kernel.sock"));
    }
}
