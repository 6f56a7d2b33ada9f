package io.espalier.replication.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.run.RunSettings;
import io.espalier.harbor.tree.EdgeSettings;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.replication.rest.HarborRoutes;
import io.espalier.replication.shell.HarborConsole;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.tree.network.Network;
import io.espalier.tree.planned.SizeAwarePlanner;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks that a Harbor's double really sends to the controller's door, in both formats; and what else comes there. */
@RequiresProgram("docker-registry")
@Timeout(120)
class HarborWebhookDoorTest {
    private static final String TOKEN = "Bearer of-the-hook";
    private static final RunSettings RUNS = new RunSettings(
            Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofSeconds(60), 1, Duration.ofMillis(20));

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final HarborHooks hooks = new HarborHooks();
    private final List<String> takenOver = new CopyOnWriteArrayList<>();
    private HarborDouble root;
    private HarborDouble leaf;
    private HarborService service;
    private HttpDoor door;

    @BeforeEach
    void start() throws Exception {
        root = HarborDouble.in(folder.resolve("r")).start();
        leaf = HarborDouble.in(folder.resolve("l")).start();
        List<HarborNode> harbors = List.of(
                HarborNode.of("root", root.uri(), root.user(), root.password()),
                HarborNode.of("leaf", leaf.uri(), leaf.user(), leaf.password()));
        HarborSettings settings = new HarborSettings(
                "test", harbors, EdgeSettings.DEFAULT, TOKEN, true, folder.resolve("data/harbor-tree"));
        HarborView view = new HarborView(
                List::of,
                known -> Network.of().build(),
                SizeAwarePlanner::new,
                (repository, reference, digest) -> takenOver.add(repository + ":" + reference + "@" + digest));
        service = HarborService.start(settings, view, hooks, RUNS);
        new HarborConsole(() -> service).apply(List.of("--harbor"));
        door = HttpDoor.open(DoorSettings.of("test-door", "127.0.0.1", 0), new HarborRoutes(hooks)::addTo);
    }

    @AfterEach
    void stop() {
        door.close();
        service.close();
        root.close();
        leaf.close();
    }

    private URI hook() {
        return URI.create("http://127.0.0.1:" + door.port() + "/v1/webhooks/harbor");
    }

    /** As an operator does it in Harbor's page. */
    private void hookUp(String format, String token) throws Exception {
        String body = "{\"name\":\"hook\",\"enabled\":true,\"event_types\":[\"PUSH_ARTIFACT\",\"REPLICATION\"],"
                + "\"targets\":[{\"type\":\"http\",\"address\":\"" + hook() + "\",\"auth_header\":\"" + token
                + "\",\"payload_format\":\"" + format + "\"}]}";
        String login = root.user() + ":" + root.password();
        HttpRequest request = HttpRequest.newBuilder(root.uri().resolve("/api/v2.0/projects/library/webhook/policies"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)))
                .header("X-Is-Resource-Name", "true")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> post(String token, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(hook()).POST(BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", token);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void pushedImageArrivesBy(String format) throws Exception {
        SampleImage image = SampleImages.oci(8, 30_000);
        hookUp(format, TOKEN);
        ImagePusher.to(root.uri()).as(root.user(), root.password()).push(image, "library/app", "1");

        await("the image at the leaf").atMost(Duration.ofSeconds(30)).until(() -> leaf.digest("library/app", "1")
                .isPresent());
        assertThat(leaf.digest("library/app", "1")).contains(image.digest());
        assertThat(takenOver).as("relays hear of it too").contains("library/app:1@" + image.digest());
    }

    @Test
    void pushInTheDefaultFormatIsCarriedDownTheTree() throws Exception {
        pushedImageArrivesBy("Default");
    }

    @Test
    void pushAsCloudEventIsCarriedDownTheTree() throws Exception {
        pushedImageArrivesBy("CloudEvents");
    }

    @Test
    void wrongTokenOfTheWebhookIsRefusedAndCarriesNothing() throws Exception {
        for (String token : List.of("", "Bearer guess", "Bearer of-the-hook2")) {
            HttpResponse<String> answer = post(token, "{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{}}");
            assertThat(answer.statusCode()).as(token).isEqualTo(401);
            assertThat(answer.body()).contains("TOKEN_REFUSED", "webhook-token").doesNotContain(TOKEN);
        }
        assertThat(takenOver).isEmpty();
    }

    @Test
    void bodiesThatAreNoWebhooksAreRefusedWithASentence() throws Exception {
        for (String body : List.of(
                "",
                "no",
                "[]",
                "{}",
                "{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{}}",
                "{\"specversion\":\"1.0\",\"type\":\"harbor.artifact.pushed\",\"data\":[1]}",
                "{\"type\":\"REPLICATION\",\"event_data\":3}")) {
            HttpResponse<String> answer = post(TOKEN, body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).as(body).contains("NO_WEBHOOK", "A webhook came");
        }
        assertThat(post(TOKEN, "{\"type\":\"QUOTA_EXCEED\",\"event_data\":{}}").statusCode())
                .as("an event that nobody needs")
                .isEqualTo(202);
        assertThat(takenOver).isEmpty();
    }

    @Test
    void withoutHarborsTheDoorSaysSo() throws Exception {
        service.close();
        HttpResponse<String> answer = post(TOKEN, "{}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("NO_HARBORS", "replication.harbor.json");
    }
}
