package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.http.DoorSettings;
import io.espalier.http.DoorTls;
import io.espalier.http.HttpDoor;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.identity.PeerNames;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.RefusedException.Code;
import io.espalier.replication.member.Member;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nodes join over real TLS sockets. */
class JoinTest extends MasterRig {
    private static Code refusal(Enrolment enrolment) {
        try {
            enrolment.enrolled().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refusal) {
                return refusal.code();
            }
            throw new AssertionError("The enrolment failed in another way.", e);
        } catch (Exception e) {
            throw new AssertionError("The enrolment neither worked nor was refused: " + enrolment.problem(), e);
        }
        throw new AssertionError("The enrolment worked.");
    }

    @Test
    void nodeWithGoodTokenBecomesAMember() throws Exception {
        node.joined(address(), master.token());
        assertThat(node.identity().certificate().flatMap(PeerNames::node)).contains(new NodeId("b"));
        assertThat(PeerNames.isMaster(node.identity().certificate().orElseThrow()))
                .isFalse();
        assertThat(PeerNames.isMaster(master.identity().certificate().orElseThrow()))
                .isTrue();
        assertThat(master.membership().all()).extracting(Member::id).containsExactly(TestMaster.NAME, node.name());
        assertThat(master.membership().find(node.name()).orElseThrow().connected())
                .isFalse();
    }

    @Test
    void wrongTokenIsRefusedForGood() {
        String good = master.token();
        String wrong = "A".repeat(43) + good.substring(good.indexOf('.'));
        assertThat(refusal(node.enrol(address(), wrong))).isEqualTo(Code.TOKEN_REFUSED);
        assertThat(master.membership().find(node.name())).isEmpty();
    }

    @Test
    void expiredTokenIsRefused() {
        String token = master.tokens().create(Duration.ofNanos(1), 1);
        assertThat(refusal(node.enrol(address(), token))).isEqualTo(Code.TOKEN_REFUSED);
    }

    @Test
    void spentTokenIsRefused() throws Exception {
        String token = master.tokens().create(Duration.ofHours(1), 1);
        node.joined(address(), token);
        try (TestNode second = new TestNode(vertx, "c", folder)) {
            assertThat(refusal(second.enrol(address(), token))).isEqualTo(Code.TOKEN_REFUSED);
        }
    }

    @Test
    void nodeWithoutTokenIsToldToGetOne() {
        assertThatThrownBy(() ->
                        node.joinClient(address(), null).join(node.identity().signingRequest()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("node:token");
    }

    @Test
    void secretIsNotSentToAMasterOfAnotherAuthority() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (HttpDoor other = HttpDoor.open(
                DoorSettings.of("other", "127.0.0.1", 0)
                        .withTls(new DoorTls(
                                master.identity().keys(), master.identity().trust(), false)),
                router -> router.route().handler(ctx -> {
                    requests.incrementAndGet();
                    ctx.response().end();
                }))) {
            String good = master.token();
            assertThatThrownBy(() -> node.joinClient(
                                    TestNode.at(other.port()),
                                    good.substring(0, good.indexOf('.') + 1) + "0".repeat(64))
                            .join(node.identity().signingRequest()))
                    .hasMessageContaining("certificate is not accepted");
            assertThat(requests).hasValue(0);
            assertThatThrownBy(() -> node.joinClient(TestNode.at(other.port()), good)
                            .join(node.identity().signingRequest()))
                    .as("with the right fingerprint the request does go out, so the count above can be trusted")
                    .isInstanceOf(IOException.class);
            assertThat(requests).hasValue(1);
        }
    }

    @Test
    void memberThatIsNotTheMasterCannotTakeJoins() throws Exception {
        node.joined(address(), master.token());
        AtomicInteger requests = new AtomicInteger();
        try (HttpDoor impostor = HttpDoor.open(
                DoorSettings.of("impostor", "127.0.0.1", 0)
                        .withTls(new DoorTls(
                                node.identity().keys(), node.identity().trust(), false)),
                router -> router.route().handler(ctx -> requests.incrementAndGet()))) {
            TestNode fresh = new TestNode(vertx, "c", folder);
            assertThatThrownBy(() -> fresh.joinClient(TestNode.at(impostor.port()), master.token())
                            .join(fresh.identity().signingRequest()))
                    .hasMessageContaining("the master was wanted");
            assertThat(requests).hasValue(0);
        }
    }

    @Test
    void nameOfAConnectedMemberIsTaken() throws Exception {
        node.joined(address(), master.token());
        node.connect(address());
        await().atMost(LIMIT).until(() -> master.listener().events().contains("connected b"));
        TestNode twin = new TestNode(vertx, "b", folder.resolve("twin"));
        assertThatThrownBy(() -> twin.joinClient(address(), master.token())
                        .join(twin.identity().signingRequest()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN));
        assertThatThrownBy(() -> new TestNode(vertx, "master", folder.resolve("twin"))
                        .joinClient(address(), master.token())
                        .join(twin.identity().signingRequest()))
                .hasMessageContaining("taken")
                .hasMessageNotContaining("127.0.0.1");
    }

    @Test
    void strangerDoesNotLearnWhichNodesThereAre() throws Exception {
        String good = master.token();
        String wrong = "A".repeat(43) + good.substring(good.indexOf('.'));
        for (String name : List.of("master", "nobody")) {
            assertThatThrownBy(() -> new TestNode(vertx, name, folder.resolve("stranger"))
                            .joinClient(address(), wrong)
                            .join("no signing request"))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.code()).isEqualTo(Code.TOKEN_REFUSED));
        }
    }

    @Test
    void refusalsOfEveryKindSlowDown() {
        String good = master.token();
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> node.joinClient(address(), good).join("no signing request"))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID));
        }
        assertThatThrownBy(() ->
                        node.joinClient(address(), good).join(node.identity().signingRequest()))
                .hasMessageContaining("Too many joins");
    }

    @Test
    void memberThatLostItsFolderJoinsAgainAndItsOldCertificateIsRevoked() throws Exception {
        node.joined(address(), master.token());
        String oldSerial =
                node.identity().certificate().orElseThrow().getSerialNumber().toString(16);
        try (TestNode again = new TestNode(vertx, "b", folder.resolve("again"))) {
            again.joined(address(), master.token());
            again.connect(address());
            await().atMost(LIMIT).untilAsserted(() -> assertThat(again.received())
                    .first()
                    .isInstanceOfSatisfying(MasterMessage.Members.class, members -> assertThat(members.revoked())
                            .containsExactly(oldSerial)));
        }
    }

    @Test
    void answerThatWasLostCanBeAskedForAgainWithASingleUseToken() throws Exception {
        String token = master.tokens().create(Duration.ofHours(1), 1);
        node.joinClient(address(), token).join(node.identity().signingRequest());
        node.joined(address(), token);
        TestNode other = new TestNode(vertx, "b", folder.resolve("other"));
        assertThatThrownBy(() ->
                        other.joinClient(address(), token).join(other.identity().signingRequest()))
                .as("another key has to pay")
                .hasMessageContaining("spent");
    }

    @Test
    void joinWaitsForTheDatabaseAndThenWorks() throws Exception {
        String token = master.tokens().create(Duration.ofHours(1), 1);
        store.away(true);
        Enrolment enrolment = node.enrol(address(), token);
        await().atMost(LIMIT).until(() -> enrolment.problem().contains("database"));
        store.away(false);
        enrolment.enrolled().get(20, TimeUnit.SECONDS);
    }

    @Test
    void joinWaitsForTheMasterAndThenWorks() throws Exception {
        String token = master.token();
        int port = master.port();
        master.stop();
        Enrolment enrolment = node.enrol(TestNode.at(port), token);
        await().atMost(LIMIT).until(() -> !enrolment.problem().isEmpty());
        master = TestMaster.start(folder.resolve("m"), store, "127.0.0.1", port);
        enrolment.enrolled().get(30, TimeUnit.SECONDS);
    }

    @Test
    void somethingThatIsNoMasterIsNamedAndTriedAgain() throws Exception {
        int free;
        try (ServerSocket silent = new ServerSocket(0)) {
            free = silent.getLocalPort();
        }
        assertThatThrownBy(() -> node.joinClient(TestNode.at(free), master.token())
                        .join(node.identity().signingRequest()))
                .hasMessageContaining("127.0.0.1:" + free)
                .hasMessageContaining("nothing answers there");
    }

    @Test
    void thoseWhoGuessTokensAreSlowedDown() {
        String good = master.token();
        String fingerprint = good.substring(good.indexOf('.'));
        for (int i = 0; i < 6; i++) {
            String wrong = "guess" + "x".repeat(30) + i + fingerprint;
            assertThatThrownBy(() -> node.joinClient(address(), wrong)
                            .join(node.identity().signingRequest()))
                    .isInstanceOf(RefusedException.class);
        }
        assertThatThrownBy(() ->
                        node.joinClient(address(), good).join(node.identity().signingRequest()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining("Too many joins");
    }

    @Test
    void nodeWhoseClockIsWrongByMinutesJoins() throws Exception {
        for (int minutes : new int[] {-20, 20}) {
            Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));
            try (TestNode late = new TestNode(vertx, "late" + minutes, folder, wrong)) {
                late.joined(address(), master.token());
                assertThat(late.connect(address())).isNotNull();
                await().atMost(LIMIT).until(() -> master.listener().events().contains("connected " + late.name()));
            }
        }
    }

    @Test
    void relayWithoutControllerSaysSo() {
        master.withdrawController();
        assertThatThrownBy(() -> node.joinClient(address(), master.token())
                        .join(node.identity().signingRequest()))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining("no controller");
    }
}
