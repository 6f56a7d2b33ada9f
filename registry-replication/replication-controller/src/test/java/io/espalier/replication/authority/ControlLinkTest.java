package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.control.ControlClient;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.MemoryNodeStore;
import io.espalier.testkit.link.LinkEmulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Control links over real TLS sockets, with real faults. */
class ControlLinkTest extends MasterRig {
    @BeforeEach
    void join() throws Exception {
        node.joined(address(), master.token());
    }

    private void awaitEvents(String... events) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(master.listener().events()).containsExactly(events));
    }

    private ControlClient connected() {
        ControlClient client = node.connect(address());
        await().atMost(LIMIT).until(() -> master.membership()
                .find(node.name())
                .map(Member::connected)
                .orElse(false));
        return client;
    }

    private static TransferReport report(String transfer, long bytes) {
        return new TransferReport(transfer, TransferState.RECEIVING, 9, 0, bytes, 0, 0, "", 0, "", 1);
    }

    @Test
    void nodeSaysHelloAndHearsOfTheMembersFirst() {
        connected();
        awaitEvents("connected b");
        await().atMost(LIMIT).untilAsserted(() -> assertThat(node.received())
                .first()
                .isInstanceOfSatisfying(MasterMessage.Members.class, members -> assertThat(members.members())
                        .extracting(PeerAddress::node)
                        .containsExactly(TestMaster.NAME, node.name())));
        Member member = master.membership().find(node.name()).orElseThrow();
        assertThat(member.site()).isEqualTo("Ulm");
        assertThat(member.capacity()).isEqualTo(new NodeCapacity(20_000_000, 3));
        assertThat(member.remoteAddress()).isEqualTo("127.0.0.1");
    }

    @Test
    void messagesArriveInOrderBothWays() {
        ControlClient client = connected();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ids.add("m" + i);
            assertThat(client.send(new NodeMessage.Observed(TestMaster.NAME, i, 1)))
                    .isTrue();
            assertThat(master.membership().send(node.name(), new MasterMessage.Cancel("m" + i, "")))
                    .isTrue();
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(master.listener().messages()).hasSize(500));
        assertThat(master.listener().messages())
                .extracting(message -> message instanceof NodeMessage.Observed seen ? seen.bytes() : -1)
                .isSorted();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(node.received())
                .filteredOn(MasterMessage.Cancel.class::isInstance)
                .extracting(message -> message instanceof MasterMessage.Cancel one ? one.transfer() : "")
                .isEqualTo(ids));
    }

    @Test
    void reportsAreMergedWhileTheMasterIsAway() throws Exception {
        ControlClient client = connected();
        int port = master.port();
        master.stop();
        await().atMost(LIMIT).until(() -> !client.connected());
        for (int i = 0; i < 100_000; i++) {
            assertThat(client.send(new NodeMessage.Report(List.of(report("t" + i % 3, i)))))
                    .isTrue();
        }
        master = TestMaster.start(folder.resolve("m"), store, "127.0.0.1", port);
        await().atMost(LIMIT).until(() -> !master.listener().messages().isEmpty());
        assertThat(master.listener().messages())
                .containsExactly(new NodeMessage.Report(
                        List.of(report("t0", 99_999), report("t1", 99_997), report("t2", 99_998))));
    }

    @Test
    void nodeComesBackByItselfWhenTheMasterWasRestarted() throws Exception {
        connected();
        int port = master.port();
        Instant joined = master.membership().find(node.name()).orElseThrow().joined();
        master.stop();
        master = TestMaster.start(folder.resolve("m"), store, "127.0.0.1", port);
        awaitEvents("connected b");
        assertThat(master.membership().find(node.name()).orElseThrow().joined()).isEqualTo(joined);
    }

    @Test
    void nodeFollowsTheMastersNameToAnotherAddress() throws Exception {
        int port = master.port();
        AtomicReference<String> dns = new AtomicReference<>("127.0.0.1");
        MasterAddress named =
                new MasterAddress("master.test", port, false, host -> List.of(InetAddress.getAllByName(dns.get())));
        TestMaster first = master;
        first.stop();
        master = TestMaster.start(folder.resolve("m"), store, "0.0.0.0", port);
        node.connect(named);
        awaitEvents("connected b");
        for (String moved : List.of("127.0.0.2", "::1")) {
            master.stop();
            dns.set(moved);
            master = TestMaster.start(folder.resolve("m"), store, moved, port);
            awaitEvents("connected b");
        }
    }

    @Test
    void removedNodeIsCutOffAndNotLetInAgain() throws Exception {
        connected();
        TestNode other = new TestNode(vertx, "c", folder).joined(address(), master.token());
        other.connect(address());
        await().atMost(LIMIT).until(() -> !other.received().isEmpty());
        X509TrustManager trustOfOther = PeerTrust.node(other.identity(), node.name());
        X509Certificate[] removed = {node.identity().certificate().orElseThrow()};
        trustOfOther.checkClientTrusted(removed, "EC");

        assertThat(master.membership().remove(node.name())).isTrue();
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(node.awayReasons()).first().asString().contains("removed from the cluster"));
        assertThat(master.listener().events()).contains("removed b").doesNotContain("away b");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThatThrownBy(() -> trustOfOther.checkClientTrusted(removed, "EC"))
                        .isInstanceOf(CertificateException.class)
                        .hasMessageContaining("revoked"));
        await().atMost(LIMIT).untilAsserted(() -> assertThat(node.refusals())
                .first()
                .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.code())
                        .isEqualTo(RefusedException.Code.UNKNOWN_NODE)));
        assertThat(master.membership().all()).extracting(Member::id).doesNotContain(node.name());
        assertThat(master.membership().remove(node.name())).isFalse();
        other.close();
    }

    @Test
    void revocationHoldsAfterARestartWhileTheMasterIsAway() throws Exception {
        TestNode other = new TestNode(vertx, "c", folder).joined(address(), master.token());
        other.connect(address());
        master.membership().remove(node.name());
        await().atMost(LIMIT).until(() -> other.received().stream()
                .anyMatch(message -> message instanceof MasterMessage.Members members
                        && !members.revoked().isEmpty()));
        other.close();
        master.stop();
        TestNode restarted = new TestNode(vertx, "c", folder);
        assertThatThrownBy(() -> restarted
                        .identity()
                        .trust()
                        .checkServerTrusted(
                                new X509Certificate[] {
                                    node.identity().certificate().orElseThrow()
                                },
                                "EC"))
                .hasMessageContaining("revoked");
    }

    @Test
    void nodeCannotSpeakForAnother() throws Exception {
        TestNode other = new TestNode(vertx, "c", folder).joined(address(), master.token());
        other.helloAs("b");
        other.connect(address());
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(other.awayReasons()).first().asString().contains("Hello of node 'c'"));
        assertThat(master.listener().events()).isEmpty();
        assertThatThrownBy(() -> PeerTrust.node(node.identity(), new NodeId("b"))
                        .checkServerTrusted(
                                new X509Certificate[] {
                                    other.identity().certificate().orElseThrow()
                                },
                                "EC"))
                .hasMessageContaining("b was wanted");
        other.close();
    }

    @Test
    void nodeOfAnotherClusterIsRefusedByTls() throws Exception {
        TestMaster foreign = TestMaster.start(folder.resolve("foreign"), new MemoryNodeStore());
        TestNode stranger = new TestNode(vertx, "b", folder.resolve("stranger"))
                .joined(TestNode.at(foreign.port()), foreign.token());
        stranger.connect(address());
        ControlClient own = connected();
        assertThat(own.connected()).isTrue();
        assertThat(stranger.received()).isEmpty();
        assertThatThrownBy(() -> master.identity()
                        .trust()
                        .checkClientTrusted(
                                new X509Certificate[] {
                                    stranger.identity().certificate().orElseThrow()
                                },
                                "EC"))
                .isInstanceOf(CertificateException.class);
        stranger.close();
        foreign.stop();
    }

    @Test
    void certificateIsRenewedWhileTheNodeIsConnected() throws Exception {
        TestMaster hasty = TestMaster.startWithLife(folder.resolve("h"), new MemoryNodeStore(), Duration.ofMinutes(20));
        TestNode shortLived = new TestNode(vertx, "d", folder).joined(TestNode.at(hasty.port()), hasty.token());
        X509Certificate first = shortLived.identity().certificate().orElseThrow();
        ControlClient client = shortLived.connect(TestNode.at(hasty.port()));
        await().atMost(LIMIT).until(() -> hasty.listener().events().contains("connected d"));
        await().atMost(LIMIT)
                .until(() -> !shortLived.identity().certificate().orElseThrow().equals(first));
        assertThat(client.connected()).isTrue();
        assertThat(hasty.listener().events()).containsExactly("connected d");
        hasty.membership().remove(shortLived.name());
        assertThatThrownBy(() -> shortLived
                        .joinClient(TestNode.at(hasty.port()), null)
                        .renew(shortLived.identity().signingRequest()))
                .as("no renewal for those who were removed")
                .isInstanceOf(Exception.class);
        shortLived.close();
        hasty.stop();
    }

    @Test
    void frozenLinkIsNoticedByBothSides() {
        try (LinkEmulator link = LinkEmulator.to(master.port())) {
            ControlClient client = node.connect(TestNode.at(link.port()));
            awaitEvents("connected b");
            long frozen = System.nanoTime();
            link.toClient().freeze();
            link.toTarget().freeze();
            await().atMost(Duration.ofSeconds(6)).until(() -> !client.connected());
            await().atMost(Duration.ofSeconds(6))
                    .until(() -> master.listener().events().contains("away b"));
            assertThat(Duration.ofNanos(System.nanoTime() - frozen))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
            link.cut();
            link.heal();
            awaitEvents("connected b", "away b", "connected b");
        }
    }

    @Test
    void largeMessageOverASlowLinkIsNotTakenForSilence() {
        try (LinkEmulator link =
                LinkEmulator.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), master.port()), 64 << 10)) {
            ControlClient client = node.connect(TestNode.at(link.port()));
            awaitEvents("connected b");
            link.toClient().rate(300_000);
            byte[] hashes = new byte[1_500_000];
            master.membership().send(node.name(), new MasterMessage.Hashes("sha256:a", 65_536, 0, hashes));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.received().stream().anyMatch(MasterMessage.Hashes.class::isInstance));
            assertThat(client.connected()).isTrue();
            assertThat(master.listener().events()).containsExactly("connected b");
        }
    }

    @Test
    void messageBeyondTheLimitIsRefusedByItsSender() {
        ControlClient client = connected();
        assertThatThrownBy(() -> master.membership()
                        .send(node.name(), new MasterMessage.Hashes("sha256:a", 65_536, 0, new byte[13 << 20])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit is 16777216 bytes");
        assertThat(client.send(new NodeMessage.Checked("r", new ImageCheck("a", "b", "", false, "x".repeat(17 << 20)))))
                .isFalse();
        assertThat(client.connected()).isTrue();
    }

    @Test
    void slowListenerSlowsTheMasterDownAndLosesNothing() {
        CountDownLatch gate = new CountDownLatch(1);
        node.onMessage(message -> {
            try {
                assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        node.connect(address());
        awaitEvents("connected b");
        for (int i = 0; i < 3000; i++) {
            master.membership().send(node.name(), new MasterMessage.Cancel("m" + i, "x".repeat(1000)));
        }
        await().pollDelay(Duration.ofSeconds(5)).atMost(LIMIT).untilAsserted(() -> assertThat(
                        master.listener().events())
                .as("a busy node is not taken for a dead one")
                .containsExactly("connected b"));
        gate.countDown();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(node.received())
                .filteredOn(MasterMessage.Cancel.class::isInstance)
                .hasSize(3000));
    }

    @Test
    void newerLinkOfANodeTakesThePlaceOfTheOlder() throws Exception {
        connected();
        TestNode twin = new TestNode(vertx, "b", folder);
        ControlClient second = twin.connect(address());
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(node.awayReasons()).first().asString().contains("newer link"));
        node.close();
        await().atMost(LIMIT).until(second::connected);
        await().atMost(LIMIT).until(() -> master.membership()
                .find(node.name())
                .map(Member::connected)
                .orElse(false));
        assertThat(master.listener().events().subList(0, 3)).containsExactly("connected b", "away b", "connected b");
        twin.close();
    }

    @Test
    void membersGoOnWhileTheDatabaseIsAway() {
        ControlClient client = connected();
        store.away(true);
        assertThat(client.send(new NodeMessage.Observed(TestMaster.NAME, 1, 1))).isTrue();
        await().atMost(LIMIT).until(() -> master.listener().messages().size() == 1);
        node.close();
        awaitEvents("connected b", "away b");
        node.connect(address());
        awaitEvents("connected b", "away b", "connected b");
        store.away(false);
    }

    @Test
    void masterItselfCannotBeRemoved() {
        assertThatThrownBy(() -> master.membership().remove(TestMaster.NAME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("root of every tree");
    }
}
