package io.espalier.replication.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.control.ControlClient;
import io.espalier.relay.control.Enrolment;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.MemoryNodeStore;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that were members and come again, and many at once. */
class ReturnTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final MemoryNodeStore store = new MemoryNodeStore();
    private final Vertx vertx = Vertx.vertx();
    private final List<TestNode> nodes = new ArrayList<>();
    private TestMaster master;

    @BeforeEach
    void start() throws Exception {
        master = TestMaster.start(folder.resolve("m"), store);
    }

    @AfterEach
    void stop() throws Exception {
        nodes.forEach(TestNode::close);
        master.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private MasterAddress address() {
        return TestNode.at(master.port());
    }

    private TestNode node(String name) throws Exception {
        TestNode node = new TestNode(vertx, name, folder);
        nodes.add(node);
        return node;
    }

    private boolean isConnected(TestNode node) {
        return master.membership().find(node.name()).map(Member::connected).orElse(false);
    }

    private void awaitUnknown(TestNode node) {
        await().atMost(LIMIT).until(() -> node.refusals().stream()
                .anyMatch(refusal -> refusal.code() == RefusedException.Code.UNKNOWN_NODE));
    }

    @Test
    void removedNodeDoesNotComeBackByItsOldTokenButByANewOne() throws Exception {
        String token = master.token();
        TestNode node = node("b");
        Enrolment first = node.enrol(address(), token);
        first.enrolled().get(20, TimeUnit.SECONDS);
        node.connect(address());
        await().atMost(LIMIT).until(() -> isConnected(node));
        master.membership().remove(node.name());
        awaitUnknown(node);
        first.again();
        int tries = node.refusals().size();
        await().atMost(LIMIT).until(() -> node.refusals().size() > tries + 2);
        assertThat(master.membership().find(node.name())).isEmpty();

        Enrolment second = node.enrol(address(), master.token());
        second.again();
        await().atMost(LIMIT).until(() -> isConnected(node));
    }

    @Test
    void nodeWithATokenOfAnotherClusterMovesThere() throws Exception {
        TestNode node = node("b").joined(address(), master.token());
        node.close();
        TestMaster other = TestMaster.start(folder.resolve("o"), new MemoryNodeStore());
        MasterAddress there = TestNode.at(other.port());
        node.joined(there, other.token());
        assertThat(node.identity().authority()).contains(other.authority().certificate());
        ControlClient client = node.connect(there);
        await().atMost(LIMIT).until(client::connected);
        node.close();
        other.stop();
    }

    @Test
    void manyNodesAtOnceJoinAndHearOfEachOther() throws Exception {
        String token = master.token();
        for (int i = 0; i < 30; i++) {
            node("n" + i).enrol(address(), token);
        }
        for (TestNode node : nodes) {
            await().atMost(LIMIT).until(() -> node.identity().enrolled());
            node.connect(address());
        }
        await().atMost(LIMIT).until(() -> nodes.stream().allMatch(this::isConnected));
        assertThat(master.membership().all()).hasSize(31);
        master.membership().remove(nodes.get(7).name());
        String revoked = nodes.get(7)
                .identity()
                .certificate()
                .orElseThrow()
                .getSerialNumber()
                .toString(16);
        await().atMost(LIMIT).untilAsserted(() -> assertThat(nodes)
                .filteredOn(node -> node != nodes.get(7))
                .allSatisfy(
                        node -> assertThat(node.received().get(node.received().size() - 1))
                                .isInstanceOfSatisfying(MasterMessage.Members.class, members -> {
                                    assertThat(members.members()).hasSize(30);
                                    assertThat(members.revoked()).containsExactly(revoked);
                                })));
    }
}
