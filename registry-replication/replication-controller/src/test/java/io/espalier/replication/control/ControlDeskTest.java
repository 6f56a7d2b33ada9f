package io.espalier.replication.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.permission.Permission;
import io.espalier.relay.permission.PermissionText;
import io.espalier.relay.protocol.ControlAction;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Granted;
import io.espalier.relay.protocol.MasterMessage.Refused;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage.Acted;
import io.espalier.relay.protocol.NodeMessage.Ask;
import io.espalier.relay.protocol.NodeMessage.Paused;
import io.espalier.replication.authority.CertificateAuthority;
import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.ControlStore.RuleRow;
import io.espalier.replication.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The master m and the nodes a and b; with a real database and a real authority. */
@Timeout(60)
class ControlDeskTest {
    private static final String APP = "team/app:v1";
    private static final ControlSettings SETTINGS =
            new ControlSettings(Duration.ofSeconds(45), Duration.ofDays(1), 1_000);

    @TempDir
    private Path folder;

    private final ClusterDouble members = new ClusterDouble().with("m", "a", "b");
    private final RecordedWork work = new RecordedWork();
    private ControllerDatabase database;
    private SwitchedStore store;
    private CertificateAuthority authority;
    private ControlPolicy policy;
    private AuditTrail audit;

    @BeforeEach
    void open() throws Exception {
        Clock clock = Clock.systemUTC();
        database = ControllerDatabase.open(ControllerDatabase.fileUrl(folder), clock);
        store = new SwitchedStore(database.control());
        authority = CertificateAuthority.open(folder.resolve("authority"), "test", Duration.ofDays(1), clock);
        policy = ControlPolicy.open(store, clock);
        audit = new AuditTrail(store, SETTINGS, clock);
        members.listen(new ControlDesk(members, policy, audit, SETTINGS, work, authority::sign, clock));
    }

    @AfterEach
    void close() {
        database.close();
        members.close();
    }

    private MasterMessage ask(String node, String action, String target, String subject) {
        members.say(node, new Ask("r1", action, target, subject));
        ClusterDouble.Sent last = members.sent().get(members.sent().size() - 1);
        assertThat(last.node()).isEqualTo(new NodeId(node));
        return last.message();
    }

    private Permission granted(String node, String action, String target, String subject) throws Exception {
        MasterMessage answer = ask(node, action, target, subject);
        assertThat(answer).as("%s", answer).isInstanceOf(Granted.class);
        assertThat(((Granted) answer).request()).isEqualTo("r1");
        return new PermissionText()
                .read(((Granted) answer).permission(), authority.certificate().getPublicKey());
    }

    private String refused(String node, String action, String target, String subject) {
        MasterMessage answer = ask(node, action, target, subject);
        assertThat(answer).as("%s", answer).isInstanceOf(Refused.class);
        assertThat(newest().granted()).isFalse();
        assertThat(newest().reason()).isEqualTo(((Refused) answer).reason());
        return ((Refused) answer).reason();
    }

    private RequestRow newest() {
        return audit.latest(Optional.empty(), 1).get(0);
    }

    @Test
    void aNodeMayQueryAndSyncItselfAndNothingElse() throws Exception {
        Permission own = granted("a", "images", "", "");
        assertThat(own.holder()).isEqualTo(new NodeId("a"));
        assertThat(own.target()).isEqualTo(new NodeId("a"));
        assertThat(own.action()).isEqualTo(ControlAction.IMAGES);
        assertThat(Duration.between(own.notBefore(), own.expires())).isEqualTo(Duration.ofSeconds(45));
        assertThat(granted("a", "resync", "a", APP).subject()).isEqualTo(APP);
        granted("a", "resync", "", "");

        assertThat(refused("a", "images", "b", ""))
                .isEqualTo("No rule lets node a images at node b for all; the master's operator can change that with"
                        + " control:grant.");
        refused("a", "images", "m", "");
        refused("a", "resync", "b", APP);
        refused("a", "pause", "", "");
        refused("a", "resume", "", APP);
        refused("a", "measure", "", "");
        refused("a", "plan", "", "");
        refused("a", "push", "", APP);
        refused("m", "push", "", APP);
    }

    @Test
    void aRuleGrantsJustWhatItSaysUntilItIsRevoked() throws Exception {
        RuleRow push = policy.grant("a", List.of("push"), "master", List.of("team/*", "!team/secret*"));
        assertThat(granted("a", "push", "", APP).target()).isEqualTo(new NodeId("m"));
        granted("a", "push", "m", APP);
        refused("a", "push", "", "other/app:v1");
        refused("a", "push", "", "team/secret-app:v1");
        refused("b", "push", "", APP);
        refused("a", "plan", "", "");
        assertThat(newest().node()).isEqualTo("a");

        assertThat(policy.revoke(push.id())).isTrue();
        assertThat(policy.revoke(push.id())).isFalse();
        refused("a", "push", "", APP);
    }

    @Test
    void whoWantsAllImagesNeedsARuleForAll() throws Exception {
        policy.grant("*", List.of("pause", "images"), "b", List.of("team/*"));
        granted("a", "pause", "b", APP);
        granted("a", "images", "b", "team/app");
        refused("a", "pause", "b", "");
        refused("a", "images", "b", "");
        policy.grant("a", List.of("*"), "b", List.of());
        granted("a", "pause", "b", "");
    }

    @Test
    void rulesSurviveARestart() throws Exception {
        policy.grant("a", List.of("measure", "plan"), "master", List.of());
        ControlPolicy again = ControlPolicy.open(store, Clock.systemUTC());
        assertThat(again.rules()).hasSize(2).isEqualTo(policy.rules());
        assertThat(again.rules().get(0)).isEqualTo(ControlPolicy.DEFAULT);
    }

    @Test
    void aNodeOfTheSameNameDoesNotInheritTheRules() {
        policy.grant("a", List.of("*"), "*", List.of());
        policy.grant("*", List.of("plan"), "master", List.of());
        members.remove("a");
        assertThat(policy.rules()).extracting(RuleRow::node).containsExactly("*", "*");
        members.with("a");
        refused("a", "pause", "b", "");
    }

    @Test
    void rulesThatMakeNoSenseAreRefusedWithSentences() {
        for (String node : List.of("", "A b", "!a", "x".repeat(201))) {
            assertThatThrownBy(() -> policy.grant(node, List.of("push"), "master", List.of()))
                    .hasMessageContaining("The node of a rule");
        }
        assertThatThrownBy(() -> policy.grant("a", List.of("explode"), "master", List.of()))
                .hasMessageContaining("images,resync");
        assertThatThrownBy(() -> policy.grant("a", List.of("push"), "", List.of()))
                .hasMessageContaining("The target of a rule");
        assertThatThrownBy(() -> policy.grant("a", List.of("push"), "master", List.of("")))
                .hasMessageContaining("repositories of a rule");
        assertThatThrownBy(() -> policy.grant("a", List.of("push"), "master", List.of("team/*", " ")))
                .hasMessageContaining("would mean all");
        assertThatThrownBy(() -> policy.revoke("default")).hasMessageContaining("built-in");
        assertThat(policy.rules()).hasSize(1);
    }

    @Test
    void requestsThatMakeNoSenseAreRefusedAndAudited() {
        policy.grant("*", List.of("*"), "*", List.of());
        assertThat(refused("a", "explode", "", "")).contains("images, resync");
        assertThat(refused("a", "images", "nowhere", "")).contains("no such node");
        assertThat(refused("a", "images", "NO NAME", "")).contains("no node name");
        assertThat(refused("a", "push", "b", APP)).contains("Only the master");
        assertThat(refused("a", "pause", "m", "")).contains("source of all images");
        assertThat(refused("a", "measure", "", APP)).contains("name no image");
        for (String image : List.of("", "team/app", "team/app@sha256:" + "0".repeat(64), "UPPER:v1", "a b:c")) {
            refused("a", "push", "", image);
        }
        assertThat(refused("a", "resync", "b", "other/app:v1")).contains("never sent");
        assertThat(refused("a", "images", "", "x".repeat(500))).contains("400 characters");
        assertThat(newest().subject()).hasSize(400).endsWith("...");
        refused("a", "x\u0000\n".repeat(50), "y".repeat(500), "z");
        assertThat(newest().action()).startsWith("x??x??").hasSize(40);
        members.say("a", new Ask("r".repeat(65), "images", "", ""));
        assertThat(members.sent()).last().satisfies(sent -> assertThat(sent.message())
                .isInstanceOf(Refused.class));
    }

    @Test
    void whatTheTargetSaysStandsInTheAuditAndASyncBeginsThen() throws Exception {
        Permission given = granted("a", "resync", "", APP);
        assertThat(newest().id()).isEqualTo(given.id());
        assertThat(newest().reason()).isEqualTo("rule default");
        assertThat(newest().outcome()).isEmpty();

        members.say("b", new Acted(given.id(), new NodeId("a"), "DONE", "a lie"));
        assertThat(newest().outcome()).as("b is not the target").isEmpty();
        assertThat(work.done).isEmpty();

        members.say("a", new Acted(given.id(), new NodeId("a"), "DONE", "Proves it."));
        members.say("a", new Acted(given.id(), new NodeId("a"), "FAILED", "a second word"));
        assertThat(newest().outcome()).isEqualTo("DONE");
        assertThat(newest().answer()).isEqualTo("Proves it.");
        assertThat(newest().answered()).isPresent();
        assertThat(work.done).containsExactly("resync a " + APP);
    }

    @Test
    void whatTheTargetRefusedIsALineOfItsOwn() throws Exception {
        Permission given = granted("a", "resync", "", APP);
        members.say("b", new Acted(given.id(), new NodeId("a"), "REFUSED", "WRONG_TARGET: not here"));
        members.say("b", new Acted("", new NodeId("a"), "REFUSED", "FORGED: not signed"));

        List<RequestRow> rows = audit.latest(Optional.empty(), 10);
        assertThat(rows).hasSize(3);
        assertThat(rows)
                .filteredOn(RequestRow::granted)
                .extracting(RequestRow::outcome)
                .containsExactly("");
        assertThat(rows)
                .filteredOn(row -> !row.granted())
                .extracting(RequestRow::reason)
                .containsExactlyInAnyOrder(
                        "The target refused permission " + given.id() + ": WRONG_TARGET: not here",
                        "The target refused permission of unknown origin: FORGED: not signed");
        assertThat(rows)
                .filteredOn(row -> !row.granted())
                .extracting(RequestRow::target)
                .containsOnly("b");
    }

    @Test
    void whatCannotBeAuditedIsNotGranted() throws Exception {
        store.away(true);
        assertThat(ask("a", "images", "", "")).isInstanceOfSatisfying(Refused.class, no -> assertThat(no.reason())
                .contains("cannot note"));
        assertThatThrownBy(() -> policy.grant("a", List.of("*"), "*", List.of()))
                .isInstanceOf(StoreException.class);
        assertThat(policy.rules()).hasSize(1);
        store.away(false);
        granted("a", "images", "", "");
    }

    @Test
    void aNodeThatAsksTooOftenIsRefusedAndFillsNoAudit() throws Exception {
        for (int i = 0; i < AskRate.A_MINUTE; i++) {
            granted("a", "images", "", "");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(ask("a", "images", "", "")).isInstanceOfSatisfying(Refused.class, no -> assertThat(no.reason())
                    .contains("60 times a minute"));
        }
        assertThat(audit.latest(Optional.of(new NodeId("a")), 1_000)).hasSize(AskRate.A_MINUTE + 1);
        granted("b", "images", "", "");
    }

    @Test
    void pausesAreKnownFromHelloAndFromNews() {
        PauseBoard board = new PauseBoard();
        members.listen(board);
        members.say("a", new Paused(List.of(APP, "team/x:1")));
        members.say("b", new Paused(List.of("*")));
        assertThat(board.text(new NodeId("a"))).isEqualTo("2 paused");
        assertThat(board.text(new NodeId("b"))).isEqualTo("paused");
        assertThat(board.text(new NodeId("m"))).isEmpty();
        members.connect("a");
        assertThat(board.of(new NodeId("a"))).isEmpty();
        members.remove("b");
        assertThat(board.of(new NodeId("b"))).isEmpty();
    }
}
