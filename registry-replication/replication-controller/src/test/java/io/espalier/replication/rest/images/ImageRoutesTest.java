package io.espalier.replication.rest.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.transfer.CannedReplication;
import io.espalier.replication.trigger.Notifications;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final CannedReplication replication = new CannedReplication();
    private final List<String> heard = new ArrayList<>();
    private boolean full;
    private HttpDoor door;

    @BeforeEach
    void open() throws Exception {
        Notifications notifications = new Notifications(
                "s3cret",
                List.of(),
                (repository, reference, digest) -> !full && heard.add(repository + " " + reference));
        ImageRoutes routes = new ImageRoutes(replication, notifications, new Blocking(16), Duration.ZERO);
        door = HttpDoor.open(DoorSettings.of("test-door", "127.0.0.1", 0), routes::addTo);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString(UTF_8));
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path));
    }

    private JsonNode get(String path, int status) throws Exception {
        HttpResponse<String> answer = send(to(path));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private JsonNode post(String path, String body, int status) throws Exception {
        HttpResponse<String> answer =
                send(to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    @Test
    void listsImagesAndWhatIsNotSent() throws Exception {
        JsonNode answer = get("/v1/images", 200);
        assertThat(answer.at("/images/0/repository").asText()).isEqualTo("shop/web");
        assertThat(answer.at("/images/0/nodesHaving").asInt()).isEqualTo(1);
        assertThat(answer.path("problems").path("shop/old:1").asText()).isEqualTo("It is schema 1.");
    }

    @Test
    void showsTransfersByNode() throws Exception {
        assertThat(get("/v1/transfers?limit=5", 200)
                        .at("/transfers/0/nodes/0/node")
                        .asText())
                .isEqualTo("rome");
        assertThat(get("/v1/transfers/t1", 200).path("bytes").asLong()).isEqualTo(2_000_000);
        assertThat(get("/v1/transfers/none", 404).path("code").asText()).isEqualTo("NO_SUCH_TRANSFER");
        assertThat(get("/v1/transfers?limit=0", 400).path("code").asText()).isEqualTo("WRONG_LIMIT");
    }

    @Test
    void saysWhereAnImageIs() throws Exception {
        assertThat(get("/v1/images/where?repository=shop/web&tag=1.0", 200)
                        .at("/nodes/0/state")
                        .asText())
                .isEqualTo("receiving");
        assertThat(get("/v1/images/where?repository=no/such&tag=1", 404)
                        .path("message")
                        .asText())
                .contains("no/such:1");
        get("/v1/images/where", 400);
        get("/v1/images/where?repository=UPPER", 400);
    }

    @Test
    void pushesByNameAndShowsWhatADryRunWouldSend() throws Exception {
        JsonNode pushed = post("/v1/images/push", "{\"repository\":\"shop/web\",\"tag\":\"1.0\",\"priority\":7}", 202);
        assertThat(pushed.path("transfer").asText()).isEqualTo("t1");
        assertThat(pushed.path("priorityIgnored").asBoolean()).isFalse();
        JsonNode dry = post("/v1/images/push", "{\"repository\":\"shop/web\",\"dryRun\":true}", 200);
        assertThat(dry.at("/nodes/0/bytes").asLong()).isEqualTo(1_500_000);
        assertThat(replication.asked()).containsExactly("push shop/web:1.0 7", "preview shop/web:latest");
    }

    @Test
    void saysThatAPriorityIsIgnoredForAnImageThatDidNotChange() throws Exception {
        JsonNode same = post("/v1/images/push", "{\"repository\":\"shop/web\",\"tag\":\"same\",\"priority\":7}", 202);
        assertThat(same.path("changed").asBoolean()).isFalse();
        assertThat(same.path("priorityIgnored").asBoolean()).isTrue();
    }

    @Test
    void refusesWrongPushes() throws Exception {
        post("/v1/images/push", "{}", 400);
        post("/v1/images/push", "{\"repository\":\"shop/web\",\"priority\":11}", 400);
        post("/v1/images/push", "{\"repository\":\"../etc\"}", 400);
        post("/v1/images/push", "{\"file\":\"/etc/passwd\"}", 400);
        post("/v1/images/push", "{\"repository\":\"shop/none\"}", 404);
        post("/v1/images/push", "{\"repository\":\"shop/bad\"}", 422);
        post("/v1/images/push", "{\"repository\":\"shop/away\"}", 502);
    }

    @Test
    void verifyNamesEveryNode() throws Exception {
        JsonNode answer = post("/v1/images/verify", "{\"repository\":\"shop/web\",\"tag\":\"1.0\"}", 200);
        assertThat(answer.at("/nodes/0/right").asBoolean()).isFalse();
    }

    @Test
    void deepVerifyAnswersWhatTheShellSays() throws Exception {
        JsonNode answer = post("/v1/images/verify", "{\"repository\":\"shop/web\",\"tag\":\"1.0\",\"deep\":true}", 200);
        assertThat(answer.at("/nodes/0/problem").asText()).contains("wrong bytes");
        assertThat(answer.at("/sentAgain/0").asText()).isEqualTo("rome");
        post("/v1/images/verify", "{\"repository\":\"shop/web\",\"deep\":true,\"bytesPerSecond\":0}", 200);
        assertThat(replication.asked())
                .containsExactly("verify shop/web:1.0 at 50000000", "verify shop/web:latest at 0");
    }

    @Test
    void refusesWrongDeepVerificationsWithASentence() throws Exception {
        for (String wrong : List.of(
                "\"deep\":true,\"bytesPerSecond\":999999",
                "\"deep\":true,\"bytesPerSecond\":-1",
                "\"bytesPerSecond\":5000000",
                "\"deep\":true,\"bytesPerSecond\":\"fast\"",
                "\"deep\":\"yes\"",
                "\"depth\":1")) {
            JsonNode answer = post("/v1/images/verify", "{\"repository\":\"shop/web\"," + wrong + "}", 400);
            assertThat(answer.path("message").asText())
                    .as(wrong)
                    .contains("field '")
                    .endsWith(".");
        }
        post("/v1/images/verify", "{\"deep\":true}", 400);
        assertThat(post("/v1/images/verify", "{\"repository\":\"shop/none\",\"deep\":true}", 404)
                        .path("message")
                        .asText())
                .contains("no shop/none");
        assertThat(replication.asked()).isEmpty();
    }

    @Test
    void oneDeepVerificationRunsAtATimeAndKeepsItsConnectionAlive() throws Exception {
        String body = "{\"repository\":\"shop/web\",\"deep\":true}";
        CountDownLatch hold = replication.holdVerify();
        CompletableFuture<HttpResponse<InputStream>> first = client.sendAsync(
                to("/v1/images/verify")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofInputStream());

        try (InputStream in = first.get(10, TimeUnit.SECONDS).body()) {
            assertThat(in.read()).as("sent ahead while it goes on").isEqualTo('\n');
            assertThat(post("/v1/images/verify", body, 503).path("message").asText())
                    .contains("one at a time");
            get("/v1/images", 200);
            hold.countDown();
            assertThat(JSON.readTree(in).at("/sentAgain/0").asText()).isEqualTo("rome");
        }
        post("/v1/images/verify", body, 200);
    }

    @Test
    void aFailingDatabaseAndARegistryThatIsGoneAreNoFaultsOfTheController() throws Exception {
        JsonNode store = post("/v1/images/push", "{\"repository\":\"shop/unstored\"}", 503);
        assertThat(store.path("code").asText()).isEqualTo("STORE_FAILED");
        assertThat(store.path("message").asText()).isEqualTo("The database is away.");
        JsonNode late = post("/v1/images/push", "{\"repository\":\"shop/late\"}", 503);
        assertThat(late.path("code").asText()).isEqualTo("NOT_NOW");
    }

    @Test
    void fewVerifyAtOnceAndHoldUpNothingElse() throws Exception {
        CountDownLatch hold = replication.holdVerify();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            waiting.add(client.sendAsync(verify(), BodyHandlers.ofString(UTF_8)));
        }
        await("two verify").atMost(Duration.ofSeconds(10)).until(() -> replication.verifying() == 2);

        HttpResponse<String> third = client.send(verify(), BodyHandlers.ofString(UTF_8));

        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Retry-After")).contains("1");
        get("/v1/images", 200);
        hold.countDown();
        for (CompletableFuture<HttpResponse<String>> one : waiting) {
            assertThat(one.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    private HttpRequest verify() {
        return to("/v1/images/verify")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"repository\":\"shop/web\"}"))
                .build();
    }

    private int notify(String token, String body) throws Exception {
        return send(to("/v1/notifications")
                        .header("Content-Type", "application/vnd.docker.distribution.events.v1+json")
                        .header("Authorization", token)
                        .POST(BodyPublishers.ofString(body)))
                .statusCode();
    }

    @Test
    void takesNotificationsWithTheTokenAlone() throws Exception {
        String body = "{\"events\":[{\"action\":\"push\",\"target\":{\"repository\":\"shop/web\",\"tag\":\"1\"}}]}";

        assertThat(notify("Bearer s3cret", body)).isEqualTo(202);
        assertThat(heard).containsExactly("shop/web 1");
        assertThat(notify("Bearer wrong", body)).isEqualTo(401);
        assertThat(notify("Bearer s3cret", "nonsense")).isEqualTo(400);
        full = true;
        assertThat(notify("Bearer s3cret", body)).isEqualTo(503);
    }
}
