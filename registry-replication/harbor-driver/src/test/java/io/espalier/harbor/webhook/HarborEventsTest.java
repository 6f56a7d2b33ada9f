package io.espalier.harbor.webhook;

import static io.espalier.harbor.given.Given.failure;
import static io.espalier.harbor.given.Given.node;
import static io.espalier.harbor.given.Given.pusher;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.harbor.call.HarborWire;
import io.espalier.harbor.client.api.WebhookApi;
import io.espalier.harbor.client.model.Webhook;
import io.espalier.harbor.client.model.WebhookTarget;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.NotificationSink;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HarborEventsTest {
    private static final String TOKEN = "Bearer of-the-hook";
    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private final HarborEvents events = new HarborEvents(TOKEN);

    @TempDir
    private Path folder;

    private HarborEvent read(String body) throws Exception {
        return events.read(TOKEN, body.getBytes(UTF_8));
    }

    @Test
    void readsAPushInTheDefaultFormat() throws Exception {
        HarborEvent event = read("{\"type\":\"PUSH_ARTIFACT\",\"occur_at\":1,\"operator\":\"ann\",\"event_data\":{"
                + "\"resources\":[{\"digest\":\"" + DIGEST + "\",\"tag\":\"1\"}],"
                + "\"repository\":{\"name\":\"app\",\"namespace\":\"library\",\"repo_full_name\":\"library/app\"}}}");

        assertThat(event)
                .isEqualTo(new HarborEvent.Pushed(
                        "library/app", List.of(new HarborEvent.PushedArtifact(DIGEST, Optional.of("1"))), "ann"));
    }

    @Test
    void readsAChildOfAnIndexAsAPushWithoutTag() throws Exception {
        HarborEvent event = read("{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{\"resources\":[{\"digest\":\"" + DIGEST
                + "\",\"tag\":\"" + DIGEST + "\"}],\"repository\":{\"repo_full_name\":\"library/app\"}}}");

        assertThat(event).isInstanceOfSatisfying(HarborEvent.Pushed.class, pushed -> assertThat(
                        pushed.artifacts().get(0).tag())
                .isEmpty());
    }

    @Test
    void readsAReplication() throws Exception {
        HarborEvent event = read("{\"type\":\"REPLICATION\",\"event_data\":{\"replication\":{\"job_status\":\"Error\","
                + "\"description\":\"Made by Espalier\",\"src_resource\":{\"namespace\":\"library\"},"
                + "\"failed_artifact\":[{\"name_tag\":\"app [1 item(s) in total]\"}]}}}");

        assertThat(event)
                .isEqualTo(new HarborEvent.Replicated(
                        false, "library", "Made by Espalier", List.of("app [1 item(s) in total]")));
    }

    @Test
    void takesOtherTypesWithoutAWord() throws Exception {
        assertThat(read("{\"type\":\"SCANNING_COMPLETED\",\"event_data\":{}}"))
                .isEqualTo(new HarborEvent.Other("SCANNING_COMPLETED"));
    }

    @Test
    void refusesWhoeverDoesNotShowTheToken() {
        byte[] body = "{\"type\":\"PUSH_ARTIFACT\"}".getBytes(UTF_8);
        assertThat(failure(HarborTrouble.CREDENTIALS, () -> events.read(null, body)))
                .contains("auth header")
                .doesNotContain("of-the-hook");
        failure(HarborTrouble.CREDENTIALS, () -> events.read(TOKEN + "x", body));
        assertThatThrownBy(() -> new HarborEvents(" ")).hasMessageContaining("webhook-token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"PUSH_ARTIFACT\"}",
                "{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{\"resources\":{},\"repository\":{\"repo_full_name\":\"a/b\"}}}",
                "{\"type\":\"PUSH_ARTIFACT\",\"event_data\":{\"resources\":[],\"repository\":{\"repo_full_name\":\"a/b\"}}}",
                "{\"type\":\"REPLICATION\",\"event_data\":{\"replication\":[]}}",
                "{\"specversion\":\"1.0\",\"type\":\"harbor.artifact.pushed\",\"event_data\":{}}"
            })
    void refusesWhatIsNoneWithASentence(String body) {
        failure(HarborTrouble.EVENT, () -> read(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Default", "CloudEvents"})
    @RequiresProgram("docker-registry")
    void readsWhatAHarborSends(String format) throws Exception {
        SampleImage image = SampleImages.oci(1, 5_000);
        try (HarborDouble harbor = HarborDouble.in(folder).start();
                NotificationSink sink = NotificationSink.start();
                HarborWire wire = HarborWire.to(node("a", harbor))) {
            new WebhookApi(wire.client())
                    .createWebhook(
                            "library",
                            new Webhook()
                                    .name("espalier-test")
                                    .enabled(true)
                                    .eventTypes(List.of("PUSH_ARTIFACT", "REPLICATION"))
                                    .addTargetsItem(new WebhookTarget()
                                            .type("http")
                                            .address(sink.uri().toString())
                                            .authHeader(TOKEN)
                                            .payloadFormat(format)));
            pusher(harbor).push(image, "library/team/app", "1");

            String body = sink.awaitBody("\"tag\":\"1\"");

            assertThat(sink.authorizations()).containsExactly(TOKEN);
            assertThat(read(body))
                    .isEqualTo(new HarborEvent.Pushed(
                            "library/team/app",
                            List.of(new HarborEvent.PushedArtifact(image.digest(), Optional.of("1"))),
                            "admin"));
        }
    }
}
