package io.espalier.catalog.rest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.catalog.database.CatalogDatabase;
import io.espalier.catalog.node.CatalogNode;
import io.espalier.catalog.node.CatalogSettings;
import io.espalier.catalog.rest.DoorCalls.Answer;
import io.espalier.stream.id.StreamId;
import io.espalier.testkit.kafka.KafkaExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamDoorTest {
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    private final Path folder;
    private CatalogNode node;
    private DoorCalls door;

    StreamDoorTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void start() throws Exception {
        node = CatalogNode.start(
                new CatalogSettings("127.0.0.1", 0, CatalogDatabase.fileUrl(folder), -1, Duration.ofSeconds(10), 16));
        node.topics().use(new NamedCluster("main", KAFKA.bootstrapServers()));
        door = new DoorCalls(node.port());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void createsAStreamWithItsTopic() throws Exception {
        Answer created = door.post("/v1/streams", """
                {"id":"door.create.one","partitions":3,"priority":7,"delivery":"offline","format":"json",
                 "terminals":["file","hive"],"maxRecordBytes":2000,"description":"Clicks"}""");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/v1/streams/door.create.one");
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.header("Content-Type")).isEqualTo("application/json");
        assertThat(partitionsOf("door.create.one")).isEqualTo(3);
        Answer read = door.get("/v1/streams/door.create.one");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.header("ETag")).isEqualTo("\"1\"");
        assertThat(read.response().body())
                .isEqualTo(created.response().body())
                .isEqualTo("{\"id\":\"door.create.one\",\"version\":1,\"topic\":\"door.create.one\",\"partitions\":3,"
                        + "\"priority\":7,\"delivery\":\"offline\",\"format\":\"json\",\"terminals\":[\"file\",\"hive\"],"
                        + "\"maxRecordBytes\":2000,\"description\":\"Clicks\"}");
        assertThat(node.catalog().directory().find(StreamId.parse("door.create.one")))
                .isPresent();
    }

    @Test
    void showsInTheDirectoryWhatItHasAnswered() {
        for (int i = 0; i < 5; i++) {
            String id = "door.seen.s" + i;
            assertThat(door.post("/v1/streams", "{\"id\":\"" + id + "\"}").status())
                    .isEqualTo(201);
            assertThat(node.catalog().directory().find(StreamId.parse(id))).isPresent();
        }
    }

    @Test
    void keepsStreamsOverARestart() throws Exception {
        door.post("/v1/streams", "{\"id\":\"door.restart.one\",\"description\":\"\u00e4\ud83d\ude00\"}");
        JsonNode before = door.get("/v1/streams/door.restart.one").json();
        node.close();
        start();

        assertThat(door.get("/v1/streams/door.restart.one").json()).isEqualTo(before);
    }

    @Test
    void adoptsATopicThatFits() {
        KAFKA.createTopic("door.adopt.fits", 2);

        assertThat(door.post("/v1/streams", "{\"id\":\"door.adopt.fits\",\"partitions\":2}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void refusesATopicOfAnotherSizeAndStoresNothing() {
        KAFKA.createTopic("door.adopt.other", 2);

        Answer refused = door.post("/v1/streams", "{\"id\":\"door.adopt.other\",\"partitions\":5}");

        assertThat(refused.fault()).isEqualTo("409 TOPIC_MISMATCH");
        assertThat(refused.message())
                .isEqualTo("Tried to create stream door.adopt.other with 5 partitions but its topic exists with 2;"
                        + " ask for 2 partitions, or delete the topic first.");
        assertThat(door.get("/v1/streams/door.adopt.other").fault()).isEqualTo("404 NO_SUCH_STREAM");
    }

    @Test
    void growsTheTopic() throws Exception {
        door.post("/v1/streams", "{\"id\":\"door.grow.one\",\"partitions\":2}");

        Answer grown = door.put("/v1/streams/door.grow.one", "{\"version\":1,\"partitions\":4}");

        assertThat(grown.status()).isEqualTo(200);
        assertThat(grown.header("ETag")).isEqualTo("\"2\"");
        assertThat(partitionsOf("door.grow.one")).isEqualTo(4);
        assertThat(door.put("/v1/streams/door.grow.one", "{\"version\":2,\"partitions\":3}")
                        .message())
                .isEqualTo("partitions is 3 but the topic has 4; partitions may grow and never shrink.");
    }

    @Test
    void takesBackWhatItAnswered() {
        String created = door.post("/v1/streams", "{\"id\":\"door.back.one\"}")
                .response()
                .body();

        Answer updated = door.put("/v1/streams/door.back.one", created.replace("\"priority\":5", "\"priority\":6"));

        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.json().path("priority").intValue()).isEqualTo(6);
        assertThat(updated.json().path("version").intValue()).isEqualTo(2);
    }

    @Test
    void refusesStaleVersionsAndNamesTheCurrentOne() {
        door.post("/v1/streams", "{\"id\":\"door.stale.one\"}");
        door.put("/v1/streams/door.stale.one", "{\"version\":1,\"priority\":6}");

        Answer byBody = door.put("/v1/streams/door.stale.one", "{\"version\":1,\"priority\":7}");
        Answer byHeader = door.put("/v1/streams/door.stale.one", "{\"priority\":7}", "If-Match", "\"1\"");
        Answer deletion = door.delete("/v1/streams/door.stale.one", "If-Match", "\"1\"");

        assertThat(List.of(byBody.fault(), byHeader.fault(), deletion.fault()))
                .containsExactly("409 STALE_VERSION", "412 STALE_VERSION", "412 STALE_VERSION");
        assertThat(List.of(byBody, byHeader, deletion)).allSatisfy(answer -> {
            assertThat(answer.header("ETag")).isEqualTo("\"2\"");
            assertThat(answer.message()).contains("the current version is 2");
        });
    }

    @Test
    void takesTheVersionFromIfMatch() {
        door.post("/v1/streams", "{\"id\":\"door.match.one\"}");

        assertThat(door.put("/v1/streams/door.match.one", "{\"priority\":7}", "If-Match", "\"1\"")
                        .status())
                .isEqualTo(200);
        assertThat(door.put("/v1/streams/door.match.one", "{\"priority\":8}", "If-Match", "*")
                        .json()
                        .path("version")
                        .intValue())
                .isEqualTo(3);
        assertThat(door.put("/v1/streams/door.match.one", "{\"version\":3}", "If-Match", "\"2\"")
                        .fault())
                .isEqualTo("400 BAD_IF_MATCH");
    }

    @Test
    void deletesTheStreamAndItsTopicOnlyOnWish() throws Exception {
        door.post("/v1/streams", "{\"id\":\"door.delete.keeps\"}");
        door.post("/v1/streams", "{\"id\":\"door.delete.all\"}");

        assertThat(door.delete("/v1/streams/door.delete.keeps").status()).isEqualTo(204);
        assertThat(door.delete("/v1/streams/door.delete.all?deleteTopic=true").status())
                .isEqualTo(204);

        assertThat(partitionsOf("door.delete.keeps")).isEqualTo(1);
        assertThat(partitionsOf("door.delete.all")).isZero();
        assertThat(door.delete("/v1/streams/door.delete.all").fault()).isEqualTo("404 NO_SUCH_STREAM");
        assertThat(door.post("/v1/streams", "{\"id\":\"door.delete.keeps\"}").status())
                .as("a stream of the same id adopts the topic that stayed")
                .isEqualTo(201);
    }

    @Test
    void listsPageByPage() {
        for (String id : List.of("page.a.c", "page.a.a", "page.a.b")) {
            door.post("/v1/streams", "{\"id\":\"" + id + "\"}");
        }

        JsonNode first = door.get("/v1/streams?limit=2").json();
        JsonNode second = door.get(
                        "/v1/streams?limit=2&after=" + first.path("next").asText())
                .json();

        assertThat(first.path("streams").findValuesAsText("id")).containsExactly("page.a.a", "page.a.b");
        assertThat(first.path("next").asText()).isEqualTo("page.a.b");
        assertThat(second.path("streams").findValuesAsText("id")).containsExactly("page.a.c");
        assertThat(second.path("next").isNull()).isTrue();
    }

    @Test
    void saysWhatKafkaRefused() throws Exception {
        node.close();
        node = CatalogNode.start(
                new CatalogSettings("127.0.0.1", 0, CatalogDatabase.fileUrl(folder), 3, Duration.ofSeconds(10), 16));
        node.topics().use(new NamedCluster("main", KAFKA.bootstrapServers()));

        Answer refused = new DoorCalls(node.port()).post("/v1/streams", "{\"id\":\"door.replicas.three\"}");

        assertThat(refused.fault()).isEqualTo("502 TOPIC_REFUSED");
        assertThat(refused.message()).contains("Kafka cluster 'main' refused").contains("replication factor");
    }

    /** 0 if there is no such topic. */
    private static int partitionsOf(String topic) throws Exception {
        try (Admin admin = Admin.create(KAFKA.clientProperties())) {
            TopicDescription found = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(20, TimeUnit.SECONDS)
                    .get(topic);
            return requireNonNull(found).partitions().size();
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(UnknownTopicOrPartitionException.class);
            return 0;
        }
    }
}
