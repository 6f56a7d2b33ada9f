package io.espalier.embedded.node;

import static io.espalier.embedded.store.StoreSamples.APP;
import static io.espalier.embedded.store.StoreSamples.put;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.name.Digest;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred pulls at once of a store whose process has next to no memory. */
@Timeout(120)
class ManyPullsTest {
    private static final int PULLS = 100;
    private static final SampleImage IMAGE = SampleImages.oci(1, 12_000_000);

    @TempDir
    private Path folder;

    /** A registry of its own until it is killed. */
    public static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            try (EmbeddedRegistry registry = EmbeddedRegistry.open(
                    new EmbeddedSettings(Path.of(arguments[0]), "127.0.0.1", "127.0.0.1", 0, 1L << 30),
                    Clock.systemUTC())) {
                System.out.println("port " + registry.address().getPort());
                System.in.read();
            }
        }
    }

    @Test
    void aHundredPullsAtOnceTakeNoMoreMemoryThanOne() throws Exception {
        try (Door door = new Door(folder)) {
            put(door.client(), APP, IMAGE, "v1");
        }
        // All bodies together would take 1.2 GB.
        List<String> flags = List.of("-Xmx40m", "-XX:MaxDirectMemorySize=24m", "-XX:+ExitOnOutOfMemoryError");
        ExecutorService threads = Executors.newFixedThreadPool(PULLS);
        try (ChildProcess server = ProcessPlan.java(Server.class, flags, List.of(folder.toString()))
                .start()) {
            int port = Integer.parseInt(
                    server.awaitLine("port (\\d+)", Duration.ofSeconds(30)).group(1));
            CountDownLatch begun = new CountDownLatch(PULLS);
            List<Future<String>> pulls = new ArrayList<>();
            for (int i = 0; i < PULLS; i++) {
                pulls.add(threads.submit(() -> pull(port, begun)));
            }
            for (Future<String> pull : pulls) {
                assertThat(pull.get(90, TimeUnit.SECONDS))
                        .isEqualTo(IMAGE.layers().get(0).digest());
            }
            assertThat(server.isAlive()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Nobody reads a body before all have their headers. */
    private static String pull(int port, CountDownLatch begun) throws Exception {
        String path = "/v2/team/app/blobs/" + IMAGE.layers().get(0).digest();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                            .getBytes(ISO_8859_1));
            assertThat(headers(in)).startsWith("HTTP/1.1 200");
            begun.countDown();
            assertThat(begun.await(60, TimeUnit.SECONDS))
                    .as("all pulls have begun")
                    .isTrue();
            Digest.Hasher hasher = Digest.Algorithm.SHA256.newHasher();
            byte[] buffer = new byte[64 * 1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hasher.update(buffer, 0, count);
            }
            return hasher.digest().toString();
        }
    }

    private static String headers(DataInputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int one = in.read();
            if (one < 0) {
                throw new EOFException("The door closed after: " + text);
            }
            text.append((char) one);
        }
        return text.toString();
    }
}
