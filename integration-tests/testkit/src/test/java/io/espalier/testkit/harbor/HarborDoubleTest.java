package io.espalier.testkit.harbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImageFiles;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.registry.Skopeo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That the double has the traps which published facts name. */
@RequiresProgram("docker-registry")
@Timeout(60)
class HarborDoubleTest {
    private static final String MANUAL = "\"trigger\":{\"type\":\"manual\"}";

    @TempDir
    private Path folder;

    private HarborDouble harbor;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() {
        harbor = HarborDouble.in(folder.resolve("h")).start();
    }

    @AfterEach
    void stop() {
        harbor.close();
    }

    private HttpRequest.Builder as(String password, String path) {
        String login =
                Base64.getEncoder().encodeToString((harbor.user() + ":" + password).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(harbor.uri() + "/api/v2.0" + path))
                .header("Authorization", "Basic " + login);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(as(harbor.password(), path));
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return send(as(harbor.password(), path).method(method, BodyPublishers.ofString(body)));
    }

    private void registry() throws Exception {
        HttpResponse<String> made = send(
                "POST",
                "/registries",
                "{\"name\":\"own\",\"type\":\"harbor\",\"url\":\"" + harbor.uri()
                        + "\",\"credential\":{\"access_key\":\"u\",\"access_secret\":\"secret\"}}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body()).isEmpty();
        assertThat(made.headers().firstValue("Location")).contains("/api/v2.0/registries/1");
    }

    @Test
    void answersWrongCredentialsAsToAStrangerAndLocksTheName() throws Exception {
        assertThat(get("/systeminfo").body()).contains("harbor_version");
        assertThat(send(as("guess", "/systeminfo")).body()).doesNotContain("harbor_version");
        assertThat(get("/systeminfo").body())
                .as("the right ones a moment later")
                .doesNotContain("harbor_version");
    }

    @Test
    void asksWhoeverSendsACookieForAToken() throws Exception {
        HttpRequest.Builder request = as(harbor.password(), "/projects")
                .header("Cookie", "sid=1")
                .POST(BodyPublishers.ofString("{\"project_name\":\"team\"}"));

        HttpResponse<String> answer = send(request);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("CSRF");
    }

    @Test
    void givesOutAsterisksAndTakesThemLiterally() throws Exception {
        registry();

        assertThat(get("/registries/1").body()).contains("*****").doesNotContain("\"secret\"");
        send("PUT", "/registries/1", "{\"access_secret\":\"*****\"}");
        assertThat(harbor.secretOf("own")).isEqualTo("*****");
    }

    @Test
    void replacesAPolicyAsAWholeWithDefaults() throws Exception {
        registry();
        send(
                "POST",
                "/replication/policies",
                "{\"name\":\"p\",\"dest_registry\":{\"id\":1},\"enabled\":true,\"dest_namespace_replace_count\":0,"
                        + MANUAL + "}");

        send("PUT", "/replication/policies/1", "{\"name\":\"p\",\"dest_registry\":{\"id\":1}," + MANUAL + "}");

        assertThat(harbor.policy("p").path("enabled").asBoolean()).isFalse();
        assertThat(harbor.policy("p").path("dest_namespace_replace_count").asInt())
                .isEqualTo(-1);
        assertThat(send("POST", "/replication/executions", "{\"policy_id\":1}").statusCode())
                .as("a disabled policy")
                .isEqualTo(412);
        assertThat(send("DELETE", "/registries/1", "").statusCode())
                .as("a registry in use")
                .isEqualTo(412);
    }

    @Test
    void wantsSixFieldsInASchedule() throws Exception {
        registry();
        String policy = "{\"name\":\"p\",\"dest_registry\":{\"id\":1},\"trigger\":{\"type\":\"scheduled\","
                + "\"trigger_settings\":{\"cron\":\"%s\"}}}";

        assertThat(send("POST", "/replication/policies", policy.formatted("0 2 * * *"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/replication/policies", policy.formatted("0 * 2 * * *"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/replication/policies", policy.formatted("0 0 2 * * *"))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void wantsSlashesEncodedTwice() throws Exception {
        ImagePusher.to(harbor.uri())
                .as(harbor.user(), harbor.password())
                .push(SampleImages.oci(1, 100), "library/a/b", "1");

        assertThat(get("/projects/library/repositories/a%252Fb/artifacts/1").statusCode())
                .isEqualTo(200);
        assertThat(get("/projects/library/repositories/a%2Fb/artifacts/1").statusCode())
                .isEqualTo(404);
    }

    @Test
    void givesTenRowsUnlessAskedAndNeverMoreThanAHundred() throws Exception {
        for (int i = 0; i < 120; i++) {
            harbor.addProject("p" + i, false);
        }

        HttpResponse<String> few = get("/projects");
        HttpResponse<String> many = get("/projects?page_size=500");

        assertThat(few.headers().firstValue("X-Total-Count")).contains("121");
        assertThat(few.headers().firstValue("Link")).isPresent();
        assertThat(few.body().split("\"name\"", -1)).hasSize(11);
        assertThat(many.body().split("\"name\"", -1)).hasSize(101);
    }

    @Test
    @RequiresProgram("skopeo")
    void keepsArtifactsInARealRegistryBehindItsOwnRules() throws Exception {
        SampleImage image = SampleImages.oci(2, 10_000);
        Path layout = ImageFiles.ociLayout(image, "1", folder.resolve("layout"));
        Skopeo skopeo = Skopeo.plain().toAs(harbor.user(), harbor.password());

        skopeo.copy("oci:" + layout + ":1", "docker://" + harbor.host() + "/library/app:1");

        assertThat(harbor.digest("library/app", "1")).contains(image.digest());
        assertThat(Skopeo.plain().digest("docker://" + harbor.host() + "/library/app:1"))
                .as("what a stranger reads of a public project")
                .isEqualTo(image.digest());
        harbor.immutable("library", "1");
        ImagePusher pusher = ImagePusher.to(harbor.uri()).as(harbor.user(), harbor.password());
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> pusher.push(SampleImages.oci(3, 10_000), "library/app", "1"))
                .hasMessageContaining("immutable");
    }
}
