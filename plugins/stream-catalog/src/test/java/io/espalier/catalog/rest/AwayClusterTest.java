package io.espalier.catalog.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.catalog.database.CatalogDatabase;
import io.espalier.catalog.node.CatalogNode;
import io.espalier.catalog.node.CatalogSettings;
import io.espalier.catalog.rest.DoorCalls.Answer;
import io.espalier.testkit.kafka.KafkaExtension;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AwayClusterTest {
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    private final Path folder;
    private CatalogNode node;
    private DoorCalls door;

    AwayClusterTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Long enough for four requests to arrive on a loaded machine before the first is given up. */
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(6);

    @BeforeEach
    void start() throws Exception {
        node = CatalogNode.start(
                new CatalogSettings("127.0.0.1", 0, CatalogDatabase.fileUrl(folder), -1, KAFKA_TIMEOUT, 4));
        door = new DoorCalls(node.port());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void saysAtOnceThatThereIsNoCluster() {
        Answer refused = door.post("/v1/streams", "{\"id\":\"away.none.one\"}");

        assertThat(refused.fault()).isEqualTo("503 NO_CLUSTER");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(refused.message()).contains("no Kafka cluster is there");
        assertThat(door.get("/v1/streams/away.none.one").fault()).isEqualTo("404 NO_SUCH_STREAM");
    }

    @Test
    void worksAgainWhenTheClusterComes() throws Exception {
        try (ServerSocket silent = silentPort()) {
            NamedCluster away = new NamedCluster("away", "127.0.0.1:" + silent.getLocalPort());
            node.topics().use(away);
            assertThat(door.post("/v1/streams", "{\"id\":\"away.back.one\"}").fault())
                    .isEqualTo("503 NO_CLUSTER");

            node.topics().use(new NamedCluster("main", KAFKA.bootstrapServers()));
            node.topics().forget(away);

            assertThat(door.post("/v1/streams", "{\"id\":\"away.back.one\"}").status())
                    .isEqualTo(201);
        }
    }

    @Test
    void givesUpOnASilentClusterAndKeepsServingReadsMeanwhile() throws Exception {
        node.topics().use(new NamedCluster("main", KAFKA.bootstrapServers()));
        door.post("/v1/streams", "{\"id\":\"away.silent.kept\"}");
        try (ServerSocket silent = silentPort()) {
            node.topics().use(new NamedCluster("away", "127.0.0.1:" + silent.getLocalPort()));
            List<CompletableFuture<Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(door.postLater("/v1/streams", "{\"id\":\"away.silent.s" + i + "\"}"));
            }
            Answer beyond = untilSaturated();

            assertThat(beyond.header("Retry-After")).isEqualTo("1");
            assertThat(beyond.message()).contains("4 changes under way");
            assertThat(waiting).as("changes still wait for Kafka").noneMatch(CompletableFuture::isDone);
            assertThat(door.get("/v1/streams/away.silent.kept").status()).isEqualTo(200);
            assertThat(door.get("/v1/streams").json().path("streams")).hasSize(1);
            for (CompletableFuture<Answer> each : waiting) {
                Answer late = each.get(20, TimeUnit.SECONDS);
                assertThat(late.fault()).isEqualTo("503 NO_CLUSTER");
                assertThat(late.message()).contains("did not answer within 6000 ms");
            }
        }
        assertThat(door.get("/v1/streams").json().path("streams"))
                .as("failed creates leave no row")
                .hasSize(1);
    }

    @Test
    void changesFieldsThatNeedNoCluster() throws Exception {
        node.topics().use(new NamedCluster("main", KAFKA.bootstrapServers()));
        door.post("/v1/streams", "{\"id\":\"away.fields.one\"}");
        node.topics().close();

        assertThat(door.put("/v1/streams/away.fields.one", "{\"version\":1,\"priority\":9}")
                        .status())
                .isEqualTo(200);
        assertThat(door.put("/v1/streams/away.fields.one", "{\"version\":2,\"partitions\":9}")
                        .fault())
                .isEqualTo("503 NO_CLUSTER");
        assertThat(door.delete("/v1/streams/away.fields.one?deleteTopic=true").fault())
                .isEqualTo("503 NO_CLUSTER");
        assertThat(door.delete("/v1/streams/away.fields.one").status()).isEqualTo(204);
    }

    /** The four requests before this one may still be on their way, so the first answers may be others. */
    private Answer untilSaturated() {
        return Awaitility.await("four changes wait for Kafka and the next is turned away")
                .atMost(KAFKA_TIMEOUT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> door.delete("/v1/streams/away.silent.none"), answer -> answer.fault()
                        .equals("503 SATURATED"));
    }

    /** Connections are made by the operating system and nobody ever answers on them. */
    private static ServerSocket silentPort() throws Exception {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }
}
