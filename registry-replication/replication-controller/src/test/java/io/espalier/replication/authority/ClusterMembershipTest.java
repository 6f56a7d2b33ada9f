package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.identity.NodeIdentity;
import io.espalier.relay.protocol.ControlSession;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.MemberListener;
import io.espalier.replication.store.MemoryNodeStore;
import io.espalier.replication.store.StoreException;
import io.espalier.testkit.clock.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of membership, without sockets. */
class ClusterMembershipTest {
    private static final NodeId M = new NodeId("m");
    private static final NodeId B = new NodeId("b");
    private static final String REGISTRY = "http://127.0.0.1:5000";

    @TempDir
    private Path folder;

    private final ManualClock clock = ManualClock.at(Instant.parse("2025-03-01T12:00:00Z"));
    private final MemoryNodeStore store = new MemoryNodeStore();
    private final RecordingListener listener = new RecordingListener();
    private JoinTokens tokens;
    private ClusterMembership membership;

    @BeforeEach
    void open() throws Exception {
        CertificateAuthority authority =
                CertificateAuthority.open(folder.resolve("authority"), "test", Duration.ofDays(30), clock);
        tokens = new JoinTokens(store, authority, clock);
        membership = ClusterMembership.open(store, authority, tokens, clock);
        membership.listen(listener);
    }

    private JoinRequest request(NodeId node) throws Exception {
        String secret = tokens.create(Duration.ofDays(1), 1);
        return new JoinRequest(
                secret.substring(0, secret.indexOf('.')),
                node,
                node + ".example.org",
                8490,
                REGISTRY,
                NodeIdentity.open(folder.resolve(node.value()), node, clock).signingRequest());
    }

    private static NodeMessage.Hello hello(NodeId node, String host) {
        return new NodeMessage.Hello(
                node, "1", host, 8490, REGISTRY, "Ulm", new NodeCapacity(20_000_000, 3), List.of(), List.of());
    }

    private ControlSession connected(NodeId node, String from, FakeLink link) throws Exception {
        ControlSession session = membership.connect(node, from, link);
        session.received(hello(node, node + ".example.org"));
        return session;
    }

    @Test
    void nodeThatComesFromAnotherAddressIsTheSameMember() throws Exception {
        membership.join(request(B), "127.0.0.1");
        connected(B, "127.0.0.1", new FakeLink()).closed();
        connected(B, "127.0.0.2", new FakeLink());
        assertThat(membership.all()).extracting(Member::remoteAddress).containsExactly("127.0.0.2");
        assertThat(listener.events()).containsExactly("connected b", "away b", "connected b");
    }

    @Test
    void everythingSurvivesARestart() throws Exception {
        membership.enrolMaster(request(M));
        membership.join(request(B), "10.0.0.2");
        membership.join(request(new NodeId("c")), "10.0.0.3");
        connected(B, "10.0.0.2", new FakeLink()).closed();
        membership.remove(new NodeId("c"));
        List<Member> before = membership.all();
        open();
        // What a node may be burdened with it says again when it comes.
        assertThat(membership.all())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("capacity")
                .isEqualTo(before)
                .extracting(Member::id)
                .containsExactly(M, B);
        FakeLink link = new FakeLink();
        membership.connect(B, "10.0.0.2", link);
        assertThat(link.sent())
                .singleElement()
                .isInstanceOfSatisfying(MasterMessage.Members.class, members -> assertThat(members.revoked())
                        .hasSize(1));
    }

    @Test
    void whenANodeWasSeenIsKeptSparingly() throws Exception {
        membership.join(request(B), "10.0.0.2");
        ControlSession session = connected(B, "10.0.0.2", new FakeLink());
        Instant saved = store.node(B).orElseThrow().lastSeen();
        clock.pass(Duration.ofSeconds(50));
        session.received(new NodeMessage.Observed(M, 1, 1));
        assertThat(store.node(B).orElseThrow().lastSeen()).isEqualTo(saved);
        assertThat(membership.find(B).orElseThrow().lastSeen()).isEqualTo(clock.instant());
        clock.pass(Duration.ofSeconds(20));
        session.received(new NodeMessage.Observed(M, 1, 1));
        assertThat(store.node(B).orElseThrow().lastSeen()).isEqualTo(clock.instant());
        clock.pass(Duration.ofSeconds(5));
        session.closed();
        Instant gone = clock.instant();
        clock.pass(Duration.ofHours(1));
        assertThat(membership.find(B).orElseThrow().lastSeen())
                .isEqualTo(gone)
                .isEqualTo(store.node(B).orElseThrow().lastSeen());
    }

    @Test
    void messagesAreSentToThoseWhoHaveSaidHelloAlone() throws Exception {
        membership.join(request(B), "10.0.0.2");
        MasterMessage message = new MasterMessage.Cancel("t", "");
        assertThat(membership.send(B, message)).isFalse();
        FakeLink link = new FakeLink();
        ControlSession session = membership.connect(B, "10.0.0.2", link);
        assertThat(membership.send(B, message)).isFalse();
        session.received(hello(B, "b.example.org"));
        assertThat(membership.send(B, message)).isTrue();
        assertThat(link.sent()).last().isEqualTo(message);
        session.closed();
        assertThat(membership.send(B, message)).isFalse();
        assertThat(membership.send(new NodeId("nobody"), message)).isFalse();
    }

    @Test
    void newHostOfANodeIsToldToAll() throws Exception {
        membership.enrolMaster(request(M));
        membership.join(request(B), "10.0.0.2");
        FakeLink link = new FakeLink();
        connected(M, "127.0.0.1", link);
        int before = link.sent().size();
        membership.connect(B, "10.0.0.2", new FakeLink()).received(hello(B, "moved.example.org"));
        assertThat(link.sent()).hasSize(before + 1);
        assertThat(link.sent()).last().isInstanceOfSatisfying(MasterMessage.Members.class, members -> assertThat(
                        members.members())
                .contains(new PeerAddress(B, "moved.example.org", 8490)));
    }

    @Test
    void replacedSessionIsHeardNoMore() throws Exception {
        membership.join(request(B), "10.0.0.2");
        FakeLink former = new FakeLink();
        ControlSession first = connected(B, "10.0.0.2", former);
        connected(B, "10.0.0.2", new FakeLink());
        assertThat(former.closed()).singleElement().asString().contains("newer link");
        first.received(new NodeMessage.Observed(M, 1, 1));
        first.closed();
        assertThat(listener.messages()).isEmpty();
        assertThat(listener.events()).containsExactly("connected b", "away b", "connected b");
    }

    @Test
    void listenerThatFailsDoesNotKeepTheOthersFromHearing() throws Exception {
        RecordingListener last = new RecordingListener();
        membership.listen(new MemberListener() {
            @Override
            public void connected(Member member, NodeMessage.Hello hello) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void received(Member member, NodeMessage message) {}

            @Override
            public void away(Member member) {}

            @Override
            public void removed(Member member) {}
        });
        membership.listen(last);
        membership.join(request(B), "10.0.0.2");
        connected(B, "10.0.0.2", new FakeLink());
        assertThat(last.events()).containsExactly("connected b");
    }

    @Test
    void listenerThatIsTakenAwayHearsNothing() throws Exception {
        RecordingListener last = new RecordingListener();
        Runnable away = membership.listen(last);
        membership.join(request(B), "10.0.0.2");
        ControlSession session = connected(B, "10.0.0.2", new FakeLink());
        away.run();
        session.closed();
        assertThat(last.events()).containsExactly("connected b");
        assertThat(listener.events()).containsExactly("connected b", "away b");
    }

    @Test
    void masterThatIsRenamedIsOneMemberStill() throws Exception {
        membership.enrolMaster(request(M));
        membership.enrolMaster(request(M));
        membership.enrolMaster(request(new NodeId("m2")));
        assertThat(membership.all()).extracting(Member::id).containsExactly(new NodeId("m2"));
        membership.join(request(B), "10.0.0.2");
        assertThatThrownBy(() -> membership.enrolMaster(request(B)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is of a node of the cluster");
    }

    @Test
    void memberThatJoinsAgainIsFirstRemovedSoThatEverybodyForgetsWhatItHad() throws Exception {
        membership.join(request(B), "10.0.0.2");
        connected(B, "10.0.0.2", new FakeLink()).closed();
        membership.join(request(B), "10.0.0.3");
        connected(B, "10.0.0.3", new FakeLink());
        assertThat(listener.events()).containsExactly("connected b", "away b", "removed b", "connected b");
        assertThat(membership.find(B).orElseThrow().site()).isEqualTo("Ulm");
    }

    @Test
    void removalWithoutDatabaseChangesNothing() throws Exception {
        membership.join(request(B), "10.0.0.2");
        FakeLink link = new FakeLink();
        connected(B, "10.0.0.2", link);
        store.away(true);
        assertThatThrownBy(() -> membership.remove(B)).isInstanceOf(StoreException.class);
        assertThat(membership.find(B)).isPresent();
        assertThat(link.closed()).isEmpty();
        store.away(false);
        assertThat(membership.remove(B)).isTrue();
        assertThat(link.closed()).hasSize(1);
    }

    @Test
    void removalIsToldToAllWithItsRevocationsAlthoughTheDatabaseGoesAwayAfterIt() throws Exception {
        membership.enrolMaster(request(M));
        membership.join(request(B), "10.0.0.2");
        FakeLink atMaster = new FakeLink();
        FakeLink link = new FakeLink();
        connected(M, "127.0.0.1", atMaster);
        connected(B, "10.0.0.2", link);
        store.loseRevocations();
        assertThat(membership.remove(B)).isTrue();
        assertThat(link.closed()).hasSize(1);
        assertThat(listener.events()).endsWith("removed b");
        assertThat(atMaster.sent()).last().isInstanceOfSatisfying(MasterMessage.Members.class, members -> assertThat(
                        members.revoked())
                .hasSize(1));
    }

    @Test
    void failureBetweenTokenAndEntryDoesNotCostTheToken() throws Exception {
        JoinRequest request = request(B);
        FailingSaves failing = new FailingSaves(store);
        CertificateAuthority authority =
                CertificateAuthority.open(folder.resolve("authority"), "test", Duration.ofDays(30), clock);
        ClusterMembership fragile =
                ClusterMembership.open(failing, authority, new JoinTokens(store, authority, clock), clock);
        assertThatThrownBy(() -> fragile.join(request, "10.0.0.2"))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo(RefusedException.Code.UNAVAILABLE));
        failing.heal();
        assertThat(fragile.join(request, "10.0.0.2").certificate()).contains("BEGIN CERTIFICATE");
    }
}
