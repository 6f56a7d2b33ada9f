package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RelayNodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final NodeId MASTER = new NodeId("master");
    private static final NodeId NODE = new NodeId("node-b");

    @TempDir
    private Path folder;

    private final RecordingAuthority authority = new RecordingAuthority();
    private final AtomicReference<RecordingAuthority> offered = new AtomicReference<>(authority);
    private final HttpServer registry =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<RelayNode> nodes = new ArrayList<>();
    private volatile int registryAnswers = 200;

    RelayNodeTest() throws Exception {
        registry.createContext("/v2/", exchange -> {
            exchange.sendResponseHeaders(registryAnswers, -1);
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void close() {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            nodes.get(i).close();
        }
        registry.stop(0);
        await("the node's threads end").atMost(LIMIT).untilAsserted(() -> assertThat(threads())
                .isEmpty());
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("relay-") || name.startsWith("image-relay-"))
                .collect(Collectors.toSet());
    }

    private RelaySettings settings(NodeId node, int port, Optional<MasterAddress> master, Optional<JoinToken> token) {
        return new RelaySettings(
                node,
                "localhost",
                "127.0.0.1",
                port,
                master,
                token,
                "paris",
                RegistryEndpoint.allowingPlainHttp(
                        URI.create("http://127.0.0.1:" + registry.getAddress().getPort())),
                folder.resolve(node.value()),
                64 << 20,
                NodeCapacity.NONE,
                false,
                "1.2.3",
                Optional.empty());
    }

    private RelayNode start(RelaySettings settings) throws Exception {
        RelayNode node = RelayNode.start(settings, () -> Optional.ofNullable(offered.get()), Clock.systemUTC());
        nodes.add(node);
        return node;
    }

    private RelayNode master(int port) throws Exception {
        return start(settings(MASTER, port, Optional.empty(), Optional.empty()));
    }

    private RelayNode node(int masterPort) throws Exception {
        MasterAddress master = new MasterAddress("localhost", masterPort, false);
        return start(settings(NODE, 0, Optional.of(master), Optional.of(authority.token())));
    }

    private static PeerAddress address(RelayNode node) {
        return new PeerAddress(node.node(), "localhost", node.port());
    }

    @Test
    void tellsTheMasterOfADeadRegistryThoughNoImageIsOnItsWay() throws Exception {
        RelayNode master = master(0);
        RelayNode node = node(master.port());
        await("a link").atMost(LIMIT).until(() -> authority.links.containsKey(NODE));

        registryAnswers = 503;
        await("the condition of both nodes, which share the registry")
                .atMost(LIMIT)
                .until(() -> conditions().stream()
                                .filter(said -> said.registry().contains("503"))
                                .count()
                        == 2);
        assertThat(node.status().registryProblem()).contains("503");
        registryAnswers = 200;
        await("the registry to be well again")
                .atMost(Duration.ofSeconds(8))
                .until(() -> conditions().stream()
                                .skip(2)
                                .filter(NodeMessage.Condition.WELL::equals)
                                .count()
                        >= 2);
    }

    private List<NodeMessage.Condition> conditions() {
        List<NodeMessage.Condition> said = authority.said(NodeMessage.Condition.class);
        int first = 0;
        while (first < said.size() && said.get(first).registry().isEmpty()) {
            first++;
        }
        return said.subList(first, said.size());
    }

    @Test
    void aNodeJoinsSaysHelloAndMeasuresWhenAsked() throws Exception {
        RelayNode master = master(0);
        RelayNode node = node(master.port());
        await("both say hello")
                .atMost(LIMIT)
                .until(() -> authority.links.keySet().containsAll(Set.of(MASTER, NODE)));
        await().atMost(LIMIT).until(() -> node.status().connected());

        authority.send(NODE, new MasterMessage.Members(List.of(address(master), address(node)), List.of()));
        authority.send(
                NODE, new MasterMessage.Measure("m1", MeasureMode.PING, List.of(address(master)), List.of(), 3, 0));

        await().atMost(LIMIT)
                .until(() -> !authority.said(NodeMessage.Measured.class).isEmpty());
        assertThat(authority.said(NodeMessage.Measured.class).get(0).samples())
                .singleElement()
                .satisfies(sample -> assertThat(sample.problem()).isEmpty());
        NodeMessage.Hello hello = authority.said(NodeMessage.Hello.class).stream()
                .filter(said -> said.node().equals(NODE))
                .findFirst()
                .orElseThrow();
        assertThat(hello.site()).isEqualTo("paris");
        assertThat(hello.port()).isEqualTo(node.port());
        assertThat(hello.version()).isEqualTo("1.2.3");
        assertThat(node.status().members()).isEqualTo(2);
        await().atMost(LIMIT).until(() -> node.status().registryProblem().isEmpty());
        assertThat(StatusText.of(node.status(), Instant.now())).contains("Connected to the master", "answers.");
        assertThat(node.metrics()).contains("espalier_relay_master_connected 1", "espalier_relay_registry_up 1");
    }

    @Test
    void itsOwnOperatorEndsAPauseWithoutTheMaster() throws Exception {
        Path paused = folder.resolve(NODE.value()).resolve("transfers/paused");
        Files.createDirectories(paused.getParent());
        Files.writeString(paused, "* 1760000000 lyon\n");
        RelayNode node = node(freePort());
        assertThat(StatusText.of(node.status(), Instant.now()))
                .contains("Paused: all images by lyon since 2025-10-09T08:53:20Z.")
                .contains("relay:resume ends that.");

        assertThat(node.resume("").sentence()).contains("takes chunks of all images again");
        assertThat(StatusText.of(node.status(), Instant.now())).doesNotContain("Paused");
        assertThat(node.resume("").sentence()).contains("Nothing of the kind was paused");
    }

    @Test
    void aNodeStartsWithoutItsMasterAndConnectsWhenItComes() throws Exception {
        int port = freePort();
        RelayNode node = node(port);
        await().atMost(LIMIT).until(() -> node.status().masterProblem().contains("localhost:" + port));
        assertThat(node.status().connected()).isFalse();

        master(port);

        await().atMost(LIMIT).until(() -> node.status().connected());
    }

    @Test
    void theMastersNodeWaitsForTheController() throws Exception {
        offered.set(null);
        RelayNode master = master(0);
        await().atMost(LIMIT).until(() -> master.status().masterProblem().contains("has not started yet"));

        offered.set(authority);

        await().atMost(LIMIT).until(() -> master.status().connected());
    }

    @Test
    void aRevokedPeerIsNotMeasuredAnyMore() throws Exception {
        RelayNode master = master(0);
        RelayNode node = node(master.port());
        await().atMost(LIMIT)
                .until(() -> node.status().connected() && master.status().connected());
        String revoked = authority.serial(MASTER).toString(16);

        authority.send(NODE, new MasterMessage.Members(List.of(), List.of(revoked)));
        authority.send(
                NODE, new MasterMessage.Measure("m1", MeasureMode.PING, List.of(address(master)), List.of(), 3, 0));

        await().atMost(LIMIT)
                .until(() -> !authority.said(NodeMessage.Measured.class).isEmpty());
        assertThat(authority
                        .said(NodeMessage.Measured.class)
                        .get(0)
                        .samples()
                        .get(0)
                        .problem())
                .contains("master@localhost");
    }

    @Test
    void aNodeWithoutARegistryGivesOutImagesItself() throws Exception {
        EmbeddedSettings store = new EmbeddedSettings(folder.resolve("store"), "127.0.0.1", "127.0.0.1", 0, 64 << 20);
        RelaySettings settings = settings(MASTER, 0, Optional.empty(), Optional.empty());
        RelayNode node = start(settings.with(store));
        byte[] bytes = {1, 2, 3};
        Digest digest = Digest.sha256(bytes);
        RepositoryName repository = RepositoryName.of("team/app");

        node.client().putBlob(repository, digest, bytes.length, BlobSource.of(bytes));

        assertThat(node.client().blob(repository, digest, bytes.length)).isEqualTo(BlobPresence.PROVED);
        await().atMost(LIMIT).until(() -> node.status().registryProblem().isEmpty());
        assertThat(node.status().registry().getPort()).isPositive();
        try (RegistryClient others = RegistryClient.of(
                RegistryEndpoint.allowingPlainHttp(node.status().registry()))) {
            assertThat(others.blob(repository, digest, bytes.length)).isEqualTo(BlobPresence.PROVED);
        }
        node.close();
        // An event loop may end a moment after it was told to.
        await().atMost(LIMIT).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("embedded-store")));
    }

    @Test
    void aTakenPortIsASentenceAndNothingIsLeftRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> master(taken.getLocalPort()))
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining("Node master cannot start")
                    .hasMessageContaining("taken");
        }
        await().atMost(LIMIT).until(() -> threads().isEmpty());
    }

    @Test
    void aNodeKeepsItsIdentityWhenItStartsAgain() throws Exception {
        RelayNode master = master(0);
        RelayNode node = node(master.port());
        await().atMost(LIMIT).until(() -> node.status().connected());
        BigInteger before = authority.serial(NODE);
        node.close();
        await().atMost(LIMIT).until(() -> !authority.links.containsKey(NODE));

        RelayNode again = start(
                settings(NODE, 0, Optional.of(new MasterAddress("localhost", master.port(), false)), Optional.empty()));

        await().atMost(LIMIT).until(() -> again.status().connected());
        assertThat(authority.serial(NODE)).isEqualTo(before);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
