package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Granted;
import io.espalier.relay.protocol.MasterMessage.Refused;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.relay.protocol.NodeMessage.Paused;
import io.espalier.replication.rest.RestCalls;
import io.espalier.replication.shell.ControlConsole;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole controller: rules by REST and shell, and what they mean for nodes that have really joined. */
@Timeout(90)
class ControlRestTest {
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

        JsonNode rule = rig.rest.json(
                "POST",
                "/v1/control/rules",
                "{\"node\":\"b\",\"actions\":[\"plan\",\"measure\"],\"target\":\"master\"}",
                201);
        assertThat(rule.path("repositories").get(0).asText()).isEqualTo("*");
        assertThat(ask(b, "plan", "", "")).isInstanceOf(Granted.class);
        JsonNode rules = rig.rest.json("GET", "/v1/control/rules", "", 200).path("rules");
        assertThat(rules).hasSize(2);
        assertThat(rules.get(0).path("id").asText()).isEqualTo("default");
        assertThat(rules.get(1)).isEqualTo(rule);

        String path = "/v1/control/rules/" + rule.path("id").asText();
        assertThat(rig.rest.send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(rig.rest.send("DELETE", path, "").statusCode()).isEqualTo(404);
        assertThat(ask(b, "plan", "", "")).isInstanceOf(Refused.class);

        JsonNode requests = rig.rest
                .json("GET", "/v1/control/requests?node=b&limit=2", "", 200)
                .path("requests");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).path("granted").asBoolean()).isFalse();
        assertThat(requests.get(1).path("granted").asBoolean()).isTrue();
        assertThat(requests.get(1).path("outcome").isNull()).isTrue();
        assertThat(rig.rest.json("GET", "/v1/control/requests?node=a", "", 200).path("requests"))
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
            HttpResponse<String> answer = rig.rest.send("POST", "/v1/control/rules", body);
            assertThat(answer.statusCode()).as(body + answer.body()).isEqualTo(400);
            assertThat(RestCalls.read(answer).path("message").asText()).isNotEmpty();
        }
        assertThat(rig.rest.send("DELETE", "/v1/control/rules/default", "").statusCode())
                .isEqualTo(400);
        assertThat(rig.rest.send("GET", "/v1/control/requests?limit=0", "").statusCode())
                .isEqualTo(400);
        assertThat(rig.rest.send("GET", "/v1/control/requests?node=X%20Y", "").statusCode())
                .isEqualTo(400);
        assertThat(rig.rest.send("GET", "/v1/control/requests?what=1", "").statusCode())
                .isEqualTo(400);
        assertThat(rig.rest.json("GET", "/v1/control/rules", "", 200).path("rules"))
                .hasSize(1);
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
        JsonNode nodes = rig.rest.json("GET", "/v1/nodes", "", 200).path("nodes");
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
