package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Granted;
import io.espalier.relay.protocol.MasterMessage.Refused;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.relay.protocol.NodeMessage.Paused;
import io.espalier.replication.shell.ControlConsole;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole controller: rules by REST and shell, and what they mean for nodes that have really joined. */
@Timeout(90)
class ControlRestTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private ControllerRig rig;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        rig = new ControllerRig(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + rig.controller().port() + path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode ok(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private static MasterMessage ask(LinkedNode node, String action, String target, String subject) {
        node.say(new Ask("r", action, target, subject));
        return node.received().stream()
                .filter(message -> message instanceof Granted || message instanceof Refused)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    @Test
    void aRuleThatIsMadeByRestGrantsUntilItIsDeleted() throws Exception {
        rig.join("a");
        LinkedNode b = rig.join("b");
        assertThat(ask(b, "plan", "", "")).isInstanceOf(Refused.class);

        JsonNode rule = ok(
                "POST",
                "/v1/control/rules",
                "{\"node\":\"b\",\"actions\":[\"plan\",\"measure\"],\"target\":\"master\"}",
                201);
        assertThat(rule.path("repositories").get(0).asText()).isEqualTo("*");
        assertThat(ask(b, "plan", "", "")).isInstanceOf(Granted.class);
        JsonNode rules = ok("GET", "/v1/control/rules", "", 200).path("rules");
        assertThat(rules).hasSize(2);
        assertThat(rules.get(0).path("id").asText()).isEqualTo("default");
        assertThat(rules.get(1)).isEqualTo(rule);

        String path = "/v1/control/rules/" + rule.path("id").asText();
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(404);
        assertThat(ask(b, "plan", "", "")).isInstanceOf(Refused.class);

        JsonNode requests =
                ok("GET", "/v1/control/requests?node=b&limit=2", "", 200).path("requests");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).path("granted").asBoolean()).isFalse();
        assertThat(requests.get(1).path("granted").asBoolean()).isTrue();
        assertThat(requests.get(1).path("outcome").isNull()).isTrue();
        assertThat(ok("GET", "/v1/control/requests?node=a", "", 200).path("requests"))
                .isEmpty();
    }

    @Test
    void badRequestsGetASentence() throws Exception {
        for (String body : List.of(
                "{}",
                "{\"node\":\"b\"}",
                "{\"node\":\"b\",\"actions\":[]}",
                "{\"node\":\"b\",\"actions\":[\"explode\"]}",
                "{\"node\":\"B!\",\"actions\":[\"plan\"]}",
                "{\"node\":\"b\",\"actions\":[\"plan\"],\"repositories\":[\"a,b\"]}",
                "{\"node\":\"b\",\"actions\":[\"plan\"],\"may\":true}",
                "[]")) {
            HttpResponse<String> answer = send("POST", "/v1/control/rules", body);
            assertThat(answer.statusCode()).as(body + answer.body()).isEqualTo(400);
            assertThat(JSON.readTree(answer.body()).path("message").asText()).isNotEmpty();
        }
        assertThat(send("DELETE", "/v1/control/rules/default", "").statusCode()).isEqualTo(400);
        assertThat(send("GET", "/v1/control/requests?limit=0", "").statusCode()).isEqualTo(400);
        assertThat(send("GET", "/v1/control/requests?node=X%20Y", "").statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/v1/control/requests?what=1", "").statusCode()).isEqualTo(400);
        assertThat(ok("GET", "/v1/control/rules", "", 200).path("rules")).hasSize(1);
    }

    @Test
    void theShellListsGrantsRevokesAndAudits() throws Exception {
        ControlConsole console = rig.controller().controlConsole();
        rig.join("a");
        LinkedNode b = rig.join("b");
        assertThat(console.audit(List.of())).isEqualTo("Nobody has asked for anything.");
        assertThat(console.list(List.of()).lines().toList())
                .hasSize(2)
                .last()
                .asString()
                .matches("default +\\* +images,resync +self +\\* +always");

        String granted = console.grant(List.of("b", "push,plan", "master", "--repositories", "team/*,!team/x"));
        assertThat(granted).contains("b may push,plan at master for team/*,!team/x");
        String id = granted.substring("Rule ".length(), granted.indexOf(':'));
        assertThat(console.list(List.of())).contains(id);
        ask(b, "push", "", "team/app:v1");
        ask(b, "push", "", "team/x:v1");
        assertThat(console.audit(List.of("--node", "b", "--limit", "5")).lines().toList())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("team/app:v1", "granted", "rule " + id))
                .anySatisfy(line -> assertThat(line).contains("team/x:v1", "refused", "control:grant"));
        assertThat(console.revoke(List.of(id))).contains("Revoked rule " + id);

        assertThatThrownBy(() -> console.revoke(List.of(id))).hasMessageContaining("no rule");
        assertThatThrownBy(() -> console.revoke(List.of("default"))).hasMessageContaining("built-in");
        assertThatThrownBy(() -> console.grant(List.of("b"))).hasMessageContaining("control:grant NODE");
        assertThatThrownBy(() -> console.grant(List.of("b", "explode"))).hasMessageContaining("no such action");
        assertThatThrownBy(() -> console.audit(List.of("--limit", "0"))).hasMessageContaining("not possible");
        assertThatThrownBy(() -> console.list(List.of("x"))).hasMessageContaining("no words");
    }

    @Test
    void aPausedNodeIsShownAsSuch() throws Exception {
        rig.join("a");
        LinkedNode b = rig.join("b");
        b.say(new Paused(List.of("*")));
        assertThat(rig.controller().nodeConsole().list()).contains("connected, paused");
        JsonNode nodes = ok("GET", "/v1/nodes", "", 200).path("nodes");
        assertThat(nodes.get(1).path("paused").get(0).asText()).isEqualTo("*");
        b.say(new Paused(List.of("team/app:v1")));
        assertThat(rig.controller().nodeConsole().list()).contains("connected, 1 paused");
    }

    @Test
    void theMasterActsForThoseWhoMay() throws Exception {
        rig.join("a");
        assertThat(rig.controller().authority().act(ControlAction.MEASURE, "").done())
                .isFalse();
        rig.join("b");
        ActAnswer measured = rig.controller().authority().act(ControlAction.MEASURE, "");
        assertThat(measured.done()).as(measured.sentence()).isTrue();
        ActAnswer planned = rig.controller().authority().act(ControlAction.PLAN, "");
        assertThat(planned.text()).contains("made anew").contains("(greedy)");
        ActAnswer pushed = rig.controller().authority().act(ControlAction.PUSH, "team/app:v1");
        assertThat(pushed.done()).isFalse();
        assertThat(pushed.sentence()).contains("cannot be replicated now");
        assertThatThrownBy(() -> rig.controller().authority().act(ControlAction.PAUSE, ""))
                .hasMessageContaining("done by a relay");
    }
}
