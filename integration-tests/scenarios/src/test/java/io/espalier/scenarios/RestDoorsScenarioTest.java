package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Bad and good requests at the REST doors of the running distribution. */
@Tag("scenario")
class RestDoorsScenarioTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STREAM = "ads.web.click";

    @TempDir
    private static Path folder;

    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.create(Files.createDirectory(folder.resolve("espalier")));
        installation.start("streams");
        HttpResponse<String> created = post(
                installation.catalog("/v1/streams"),
                "application/json",
                "{\"id\":\"" + STREAM + "\",\"terminals\":[\"file\"]}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        installation.close();
    }

    @TestFactory
    Stream<DynamicTest> badInputGetsItsStatusACodeAndASentence() {
        URI streams = installation.catalog("/v1/streams");
        URI records = installation.gateway("/v1/streams/" + STREAM + "/records");
        String json = "application/json";
        return Stream.of(
                        new Bad("catalog: broken JSON", "POST", streams, json, "{\"id\": ", 400),
                        new Bad("catalog: invalid id", "POST", streams, json, "{\"id\":\"Ads Web\"}", 400),
                        new Bad(
                                "catalog: wrong type",
                                "POST",
                                streams,
                                json,
                                "{\"id\":\"a.b.c\",\"partitions\":\"many\"}",
                                400),
                        new Bad(
                                "catalog: unknown field",
                                "POST",
                                streams,
                                json,
                                "{\"id\":\"a.b.c\",\"partitons\":3}",
                                400),
                        new Bad("catalog: no JSON", "POST", streams, "text/plain", "a.b.c", 415),
                        new Bad("catalog: there already", "POST", streams, json, "{\"id\":\"" + STREAM + "\"}", 409),
                        new Bad(
                                "catalog: unknown stream",
                                "GET",
                                installation.catalog("/v1/streams/no.such.stream"),
                                json,
                                "",
                                404),
                        new Bad("catalog: wrong method", "PATCH", streams, json, "{}", 405),
                        new Bad("catalog: unknown path", "GET", installation.catalog("/v2/streams"), json, "", 404),
                        new Bad("catalog: too large", "POST", streams, json, "x".repeat(5_000_000), 413),
                        new Bad(
                                "gateway: unknown stream",
                                "POST",
                                installation.gateway("/v1/streams/no.such.stream/records"),
                                "text/plain",
                                "a",
                                404),
                        new Bad(
                                "gateway: invalid id",
                                "POST",
                                installation.gateway("/v1/streams/nonsense/records"),
                                "text/plain",
                                "a",
                                400),
                        new Bad("gateway: broken JSON", "POST", records, json, "{", 400),
                        new Bad(
                                "gateway: broken report",
                                "POST",
                                records,
                                "application/vnd.espalier.report",
                                "nonsense",
                                400),
                        new Bad("gateway: empty report", "POST", records, "text/plain", "", 400),
                        new Bad("gateway: unknown media type", "POST", records, "application/pdf", "a", 415),
                        new Bad("gateway: wrong method", "GET", records, "text/plain", "", 405),
                        new Bad("gateway: too large", "POST", records, "text/plain", "x".repeat(20_000_000), 413),
                        new Bad("kernel: unknown path", "GET", installation.kernel("/nothing"), json, "", 404),
                        new Bad("kernel: wrong method", "POST", installation.kernel("/health/live"), json, "{}", 405))
                .map(bad -> DynamicTest.dynamicTest(bad.name(), () -> check(bad)));
    }

    private static void check(Bad bad) throws IOException, InterruptedException {
        HttpResponse<String> answer = installation.send(HttpRequest.newBuilder(bad.uri())
                .method(
                        bad.method(),
                        bad.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(bad.body()))
                .header("Content-Type", bad.mediaType()));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(bad.status());
        JsonNode error = JSON.readTree(answer.body());
        assertThat(error.path("code").asText()).matches("[A-Z][A-Z0-9_]+");
        assertThat(error.path("message").asText()).as("a sentence").matches("(?s).{15,}[.?]");
        assertThat(answer.body()).doesNotContain("Exception", "io.espalier");
    }

    @Test
    void recordsSentByHandAreStored() throws Exception {
        HttpResponse<String> answer =
                post(installation.gateway("/v1/streams/" + STREAM + "/records"), "text/plain", "one\ntwo\n");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).path("stored").asInt()).isEqualTo(2);
    }

    @Test
    void aStreamLivesThroughItsDoorsAndTheShell() throws Exception {
        List<String> bodies = List.of("{\"id\":\"dev.test.life\",\"partitions\":2}");
        URI one = installation.catalog("/v1/streams/dev.test.life");
        assertThat(post(installation.catalog("/v1/streams"), "application/json", bodies.get(0))
                        .statusCode())
                .isEqualTo(201);

        assertThat(installation.exec("stream:list").text()).contains("dev.test.life");
        JsonNode stream =
                JSON.readTree(installation.send(HttpRequest.newBuilder(one)).body());
        assertThat(stream.path("partitions").asInt()).isEqualTo(2);

        HttpResponse<String> deleted =
                installation.send(HttpRequest.newBuilder(one).DELETE());
        assertThat(deleted.statusCode()).isIn(200, 204);
        assertThat(installation.status(one)).isEqualTo(404);
    }

    private static HttpResponse<String> post(URI uri, String mediaType, String body)
            throws IOException, InterruptedException {
        return installation.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).header("Content-Type", mediaType));
    }

    private record Bad(String name, String method, URI uri, String mediaType, String body, int status) {}
}
