package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.replication.rest.RestCalls;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RestTest {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private ControllerRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new ControllerRig(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void measured() throws Exception {
        JsonNode begun = rig.rest.json("POST", "/v1/tree/measure", "{}", 202);
        assertThat(begun.path("pairs").asInt()).isEqualTo(110);
        await("all pairs")
                .atMost(LIMIT)
                .until(() -> rig.controller().measurements().measured().size() == 110);
        await("the end").atMost(LIMIT).until(() -> !rig.rest
                .json("GET", "/v1/measurements", "", 200)
                .path("latest")
                .path("finished")
                .isNull());
    }

    @Test
    void listsNodesWithoutSecretsAndRemovesOne() throws Exception {
        LinkedNode master = rig.join("a");
        LinkedNode b = rig.join("b");

        JsonNode nodes = rig.rest.json("GET", "/v1/nodes", "", 200).path("nodes");
        assertThat(nodes).hasSize(2);
        assertThat(nodes.get(0).path("master").asBoolean()).isTrue();
        assertThat(nodes.get(1).path("id").asText()).isEqualTo("b");
        assertThat(nodes.get(1).path("connected").asBoolean()).isTrue();
        assertThat(nodes.toString()).doesNotContain("serial", "token", "secret");

        assertThat(rig.rest.send("DELETE", "/v1/nodes/b", "").statusCode()).isEqualTo(204);
        assertThat(b.closeReason()).contains("removed");
        assertThat(rig.rest.json("GET", "/v1/nodes", "", 200).path("nodes")).hasSize(1);
        assertThat(master.received().toString()).contains("revoked");
    }

    @Test
    void aTokenLetsANodeInAndIsShownOnce() throws Exception {
        rig.join("a");

        HttpResponse<String> made = rig.rest.send("POST", "/v1/tokens", "{\"ttl\":\"2h\",\"uses\":3}");

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(RestCalls.read(made).path("token").asText()).matches("[A-Za-z0-9_-]{43}\\.[0-9a-f]{64}");
        assertThat(RestCalls.read(made).path("uses").asInt()).isEqualTo(3);
    }

    @Test
    void tokensAreTakenBackOverRest() throws Exception {
        rig.join("a");
        String token = RestCalls.read(rig.rest.send("POST", "/v1/tokens", "{\"uses\":999999}"))
                .path("token")
                .asText();

        assertThat(rig.rest.send("DELETE", "/v1/tokens", "").statusCode()).isEqualTo(204);

        assertThatThrownBy(() -> LinkedNode.joinBy(token, rig.controller(), "b", folder))
                .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code())
                        .isEqualTo(RefusedException.Code.TOKEN_REFUSED));
    }

    @Test
    void measuresAndShowsTheTreeOfTheWorkedExampleAndWhy() throws Exception {
        rig.withExample();
        measured();

        JsonNode tree = rig.rest.json("GET", "/v1/tree?size=100MB&explain=true", "", 200);

        assertThat(tree.path("planner").asText()).isEqualTo("greedy");
        assertThat(tree.path("bytes").asLong()).isEqualTo(100_000_000);
        List<String> edges = new ArrayList<>();
        tree.path("edges")
                .forEach(edge -> edges.add(
                        edge.path("parent").asText() + edge.path("child").asText()));
        assertThat(edges).containsExactlyInAnyOrder("ab", "ac", "ad", "be", "bf", "cg", "ch", "ci", "dj", "dk");
        assertThat(tree.path("edges").get(0).path("why").asText()).contains("receives from");
        assertThat(tree.path("edges").get(0).path("backups")).isNotEmpty();
        assertThat(tree.path("stripes").asInt()).isEqualTo(1);
        assertThat(tree.path("boundSeconds").asDouble())
                .isBetween(0.1, tree.path("predictedSeconds").asDouble());
        JsonNode striped = rig.rest.json("GET", "/v1/tree?planner=planned&stripes=2", "", 200);
        assertThat(striped.path("stripes").asInt()).isEqualTo(2);
        assertThat(striped.path("edges")).hasSize(20);
        assertThat(striped.path("edges").get(19).path("stripe").asInt()).isEqualTo(1);
        assertThat(rig.rest
                        .json("GET", "/v1/tree?planner=planned", "", 200)
                        .path("planner")
                        .asText())
                .isEqualTo("planned");
        JsonNode some = rig.rest.json("GET", "/v1/measurements?node=k&limit=3", "", 200);
        assertThat(some.path("count").asInt()).isEqualTo(20);
        assertThat(some.path("pairs")).hasSize(3);
    }

    @Test
    void aRestartOfTheMasterShowsTheSameNodesMeasurementsAndTree() throws Exception {
        rig.withExample();
        measured();
        JsonNode before = rig.rest.json("GET", "/v1/tree", "", 200);

        rig.restart();

        assertThat(rig.rest.json("GET", "/v1/nodes", "", 200).path("nodes")).hasSize(11);
        assertThat(rig.rest
                        .json("GET", "/v1/measurements", "", 200)
                        .path("count")
                        .asInt())
                .isEqualTo(110);
        assertThat(rig.rest.json("GET", "/v1/tree", "", 200)).isEqualTo(before);
    }

    @Test
    void badInputIsAnsweredWithASentence() throws Exception {
        rig.join("a");
        Map<List<String>, String> expected = Map.ofEntries(
                Map.entry(List.of("GET", "/v1/nodes?x=1", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("DELETE", "/v1/nodes/B%20B", ""), "400 BAD_VALUE"),
                Map.entry(List.of("DELETE", "/v1/nodes/nobody", ""), "404 NO_SUCH_NODE"),
                Map.entry(List.of("DELETE", "/v1/nodes/a", ""), "409 IS_MASTER"),
                Map.entry(List.of("POST", "/v1/tokens", ""), "400 EMPTY_BODY"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"ttl\":\"soon\"}"), "400 BAD_VALUE"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"ttl\":\"9999999d\"}"), "400 BAD_VALUE"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"uses\":0}"), "400 BAD_VALUE"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"uses\":2147483647}"), "400 BAD_VALUE"),
                Map.entry(List.of("DELETE", "/v1/tokens?x=1", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"uses\":1.5}"), "400 WRONG_FIELD"),
                Map.entry(List.of("POST", "/v1/tokens", "{\"use\":1}"), "400 WRONG_FIELD"),
                Map.entry(List.of("POST", "/v1/tokens", "[}"), "400 MALFORMED_JSON"),
                Map.entry(List.of("GET", "/v1/tree?size=0", ""), "400 BAD_VALUE"),
                Map.entry(List.of("GET", "/v1/tree?size=much", ""), "400 BAD_VALUE"),
                Map.entry(List.of("GET", "/v1/tree?size=1&size=2", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("GET", "/v1/tree?explain=yes", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("GET", "/v1/tree?planner=magic", ""), "400 BAD_VALUE"),
                Map.entry(List.of("GET", "/v1/tree?stripes=17", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("POST", "/v1/tree/measure", "{\"mode\":\"guess\"}"), "400 BAD_VALUE"),
                Map.entry(List.of("POST", "/v1/tree/measure", "{\"size\":\"8MB\"}"), "400 BAD_VALUE"),
                Map.entry(
                        List.of("POST", "/v1/tree/measure", "{\"mode\":\"copy\",\"size\":\"2GiB\"}"), "400 BAD_VALUE"),
                Map.entry(List.of("POST", "/v1/tree/measure", "{}"), "409 NOTHING_TO_MEASURE"),
                Map.entry(List.of("GET", "/v1/measurements?limit=0", ""), "400 BAD_PARAMETER"),
                Map.entry(List.of("GET", "/v1/images", ""), "503 NO_REGISTRY"),
                Map.entry(List.of("POST", "/v1/notifications", "{}"), "503 NO_REGISTRY"),
                Map.entry(List.of("PUT", "/v1/nodes", ""), "405 METHOD_NOT_ALLOWED"),
                Map.entry(List.of("GET", "/v1/nothing", ""), "404 UNKNOWN_PATH"));
        for (Map.Entry<List<String>, String> entry : expected.entrySet()) {
            List<String> call = entry.getKey();
            HttpResponse<String> answer = rig.rest.send(call.get(0), call.get(1), call.get(2));
            JsonNode fault = RestCalls.read(answer);
            assertThat(answer.statusCode() + " " + fault.path("code").asText())
                    .as("%s: %s", call, answer.body())
                    .isEqualTo(entry.getValue());
            assertThat(fault.path("message").asText()).as("%s", call).matches("[A-Za-z'].*\\.");
        }
    }

    @Test
    void withoutTheMastersRelayThereIsNoTreeButASentence() throws Exception {
        HttpResponse<String> answer = rig.rest.send("GET", "/v1/tree", "");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("NOT_NOW").contains("the master's own relay has not joined yet");
    }

    @Test
    void showsFiguresForPrometheus() throws Exception {
        rig.withExample();
        measured();
        rig.rest.json("GET", "/v1/tree", "", 200);
        rig.controller().metrics().add(() -> "espalier_more 1\n");

        String text = rig.controller().metrics().get();

        assertThat(text)
                .contains("espalier_replication_nodes{state=\"connected\"} 11\n")
                .contains("espalier_replication_nodes{state=\"away\"} 0\n")
                .contains("espalier_replication_measured_pairs{mode=\"ping\"} 110\n")
                .contains("espalier_replication_measurement_age_seconds{mode=\"ping\"} ")
                .contains("espalier_replication_tree_edges{size=\"up-to-256MiB\"} 10\n")
                .contains("espalier_replication_tree_predicted_seconds{size=\"up-to-256MiB\"} ")
                .contains("espalier_replication_planning_failed 0\n")
                .endsWith("espalier_more 1\n");
        assertThat(text.lines())
                .allMatch(
                        line -> line.matches(
                                "# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? (\\+Inf|[0-9.E-]+)"));
    }
}
