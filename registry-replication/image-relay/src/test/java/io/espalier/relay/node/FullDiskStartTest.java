package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.testkit.files.SmallDisk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole relay of a master on a disk without a free byte. */
@Timeout(120)
class FullDiskStartTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RecordingAuthority authority = new RecordingAuthority();
    private final HttpServer registry =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

    FullDiskStartTest() throws Exception {
        registry.createContext("/v2/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    private RelayNode start(Path folder) throws Exception {
        RelaySettings settings = new RelaySettings(
                new NodeId("master"),
                "localhost",
                "127.0.0.1",
                0,
                Optional.empty(),
                Optional.empty(),
                "",
                RegistryEndpoint.allowingPlainHttp(
                        URI.create("http://127.0.0.1:" + registry.getAddress().getPort())),
                folder,
                64 << 20,
                NodeCapacity.NONE,
                false,
                "1.2.3",
                Optional.empty());
        return RelayNode.start(settings, () -> Optional.of(authority), Clock.systemUTC());
    }

    @Test
    void aRelayStartsAndConnects() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(4 << 20)) {
            Path folder = disk.folder().resolve("relay");
            try (RelayNode node = start(folder)) {
                await().atMost(LIMIT).until(() -> node.status().connected());
            }
            long soon = Instant.now().plusSeconds(60).getEpochSecond();
            Files.writeString(folder.resolve("permissions"), soon + " used-before\n");
            Files.writeString(folder.resolve("transfers/generations"), "7 team/app:1.0\n");
            disk.fill();

            try (RelayNode node = start(folder)) {
                await().atMost(LIMIT).until(() -> node.status().connected());
                assertThat(node.status().disk().isLow()).isTrue();
                await("the certificate that cannot be kept to be named")
                        .atMost(LIMIT)
                        .until(() -> node.status().certificateProblem().contains("lost at the next start"));
                assertThat(StatusText.of(node.status(), Instant.now()))
                        .contains("Connected to")
                        .contains("Its certificate ends in 719 h 59 min: The node's new certificate cannot be kept");
                assertThat(node.metrics()).containsPattern("espalier_relay_certificate_seconds_left 259[0-9]{4}\n");
            }
        }
    }
}
