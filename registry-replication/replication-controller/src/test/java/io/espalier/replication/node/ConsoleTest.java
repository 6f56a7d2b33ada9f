package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.NodeMessage;
import io.espalier.replication.shell.NodeConsole;
import io.espalier.replication.shell.TreeConsole;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ConsoleTest {
    @TempDir
    private Path folder;

    private ControllerRig rig;
    private NodeConsole nodes;
    private TreeConsole trees;

    @BeforeEach
    void start() throws Exception {
        rig = new ControllerRig(folder);
        nodes = rig.controller().nodeConsole();
        trees = rig.controller().treeConsole();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void listsNodesAndForgetsTheRemovedOne() throws Exception {
        assertThat(nodes.list()).startsWith("There are no nodes yet;");
        rig.join("a");
        rig.join("b").close();

        assertThat(nodes.list().lines().toList())
                .hasSize(3)
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("NODE"),
                        master -> assertThat(master)
                                .matches("a \\(master\\) +connected +- +a.example:8490 +http://127.0.0.1:5000 .* now"),
                        node -> assertThat(node).matches("b +away .* [0-9]+s ago"));
        assertThat(nodes.remove(List.of("b"))).startsWith("Removed node b and revoked its certificates");
        assertThat(nodes.list()).doesNotContain("b.example");
    }

    @Test
    void saysWhatIsWrongWithANodeThoughNoImageIsOnItsWay() throws Exception {
        rig.join("a");
        LinkedNode node = rig.join("b");
        node.say(new NodeMessage.Condition("the registry answered 503", "The disk has 0 B free."));

        assertThat(nodes.list().lines().toList())
                .hasSize(5)
                .anySatisfy(row -> assertThat(row).matches("b +connected, registry down, disk nearly full .*"))
                .contains("! The registry http://127.0.0.1:5000 of node b cannot be used: the registry answered 503")
                .contains("! Node b: The disk has 0 B free.");
        assertThat(rig.controller().metrics().get())
                .contains("espalier_replication_node_registry_up{node=\"a\"} 1\n")
                .contains("espalier_replication_node_registry_up{node=\"b\"} 0\n")
                .contains("espalier_replication_node_disk_well{node=\"b\"} 0\n");

        node.say(NodeMessage.Condition.WELL);
        assertThat(nodes.list()).doesNotContain("registry down").doesNotContain("!");
        node.say(new NodeMessage.Condition("the registry answered 503", ""));
        node.close();
        assertThat(nodes.list()).doesNotContain("registry down");
        assertThat(rig.controller().metrics().get()).doesNotContain("node_registry_up{node=\"b\"}");
    }

    @Test
    void aTokenComesWithTheLinesOfTheNodesConfiguration() throws Exception {
        rig.join("a");

        String text = nodes.token(List.of("--ttl=2d", "--uses", "5"));

        assertThat(text)
                .startsWith("Good for 5 nodes within 2d. It is shown this once;")
                .contains("\"master\": \"a.example:8490\",")
                .containsPattern("\"join-token\": \"[A-Za-z0-9_-]{43}\\.[0-9a-f]{64}\",");
    }

    @Test
    void tokensAreTakenBack() throws Exception {
        rig.join("a");
        String token = rig.controller().tokens().create(Duration.ofHours(1), 5);

        assertThat(nodes.token(List.of("--revoke-all"))).startsWith("All join tokens are revoked;");

        assertThatThrownBy(() -> LinkedNode.joinBy(token, rig.controller(), "b", folder))
                .hasMessageContaining("wrong, spent or expired");
    }

    @Test
    void measuresPlansExplainsAndDraws() throws Exception {
        rig.withExample();
        List<String> before = new ArrayList<>();

        assertThat(trees.measure(List.of(), before::add)).isEqualTo("Measured 110 of 110 pairs by ping.");
        assertThat(trees.measure(List.of("--mode", "copy", "--size", "100kB"), before::add))
                .isEqualTo("Measured 110 of 110 pairs by copy.");
        assertThat(before)
                .containsExactly(
                        "Measures 110 pairs by ping.",
                        "Copies 100.0 kB over each of 110 links in 22 rounds, 11.0 MB in all;"
                                + " no node takes part in two copies at a time.");
        String tree = trees.show(List.of());
        assertThat(tree)
                .startsWith("An image of 100.0 MB reaches all 10 nodes below the master after ")
                .contains("by planner 'greedy'; no way takes less than ")
                .contains(" s:\na  10 nodes in ")
                .contains("├─ b  ")
                .contains("│  ├─ e  ")
                .contains("└─ d  ")
                .contains("   └─ k  ");
        assertThat(trees.plan(List.of("--size", "1GB", "--explain")))
                .contains("k receives from d: round-trip time 15.0 ms measured");
        assertThat(trees.plan(List.of("--planner", "planned"))).contains("by planner 'planned'");
        assertThat(trees.plan(List.of("--planner", "planned", "--stripes", "2", "--explain")))
                .startsWith("An image of 100.0 MB in 2 stripes reaches all 10 nodes ")
                .contains("Stripe 1 of 2:\na  10 nodes in ")
                .contains("Stripe 2 of 2:\na is the root");
        assertThatThrownBy(() -> trees.plan(List.of("--stripes=2")))
                .hasMessageContaining("planner 'greedy' makes one tree only");
    }

    @Test
    void wrongWordsAreRefusedWithASentence() throws Exception {
        rig.join("a");
        Map<ThrowingCallable, String> expected = Map.ofEntries(
                Map.entry(() -> nodes.token(List.of("--ttl")), "The option --ttl has no value; write node:token"),
                Map.entry(() -> nodes.token(List.of("--ttl", "soon")), "The time to live 'soon' is no time;"),
                Map.entry(() -> nodes.token(List.of("--ttl", "9999999d")), "A join token cannot live for"),
                Map.entry(() -> nodes.token(List.of("--uses", "-1")), "The number of uses '-1' is not possible;"),
                Map.entry(() -> nodes.token(List.of("--revoke-all", "--uses=2")), "A token is made or all are revoked"),
                Map.entry(() -> nodes.token(List.of("now")), "The command takes no words without an option but got 1;"),
                Map.entry(() -> nodes.token(List.of("--ttl=1h", "--ttl=2h")), "The option --ttl is given twice;"),
                Map.entry(() -> nodes.remove(List.of("--help")), "Usage: node:remove NAME."),
                Map.entry(() -> nodes.remove(List.of()), "The command takes 1 words without an option but got 0;"),
                Map.entry(() -> nodes.remove(List.of("B B")), "'B B' is no node name;"),
                Map.entry(() -> nodes.remove(List.of("nobody")), "There is no node 'nobody'; node:list shows"),
                Map.entry(() -> nodes.remove(List.of("a")), "Node 'a' is the master, the root of every tree;"),
                Map.entry(
                        () -> nodes.remove(List.of("a", "--force")),
                        "There is no option --force here; write node:remove"),
                Map.entry(() -> trees.show(List.of("--size", "0")), "The size '0' is no size;"),
                Map.entry(() -> trees.plan(List.of("--explain=no")), "There is no option --explain=no here;"),
                Map.entry(
                        () -> trees.plan(List.of("--planner", "magic")), "planner is 'magic'; use planned or greedy."),
                Map.entry(() -> trees.plan(List.of("--stripes", "17")), "The number of stripes is '17';"),
                Map.entry(() -> trees.measure(List.of("--mode", "x"), line -> {}), "The mode 'x' is not known;"),
                Map.entry(() -> trees.measure(List.of("--size", "8MB"), line -> {}), "A size is copied only with"),
                Map.entry(
                        () -> trees.measure(List.of("--mode", "copy", "--size", "1"), line -> {}),
                        "The size '1' is no good for a copy;"));
        expected.forEach((call, sentence) -> assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(sentence));
        assertThat(trees.measure(List.of(), line -> {})).startsWith("There is nothing to measure: at least two nodes");
    }

    @Test
    void imagesWaitForTheMastersRegistry() {
        assertThat(rig.controller().problem()).get().asString().contains("the master's own relay does not run");
        assertThatThrownBy(() -> rig.controller().imageConsole().status(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start the bundle image-relay here");
    }

    @Test
    void nothingStaysOpenWhenTheControllerCannotStart() {
        int taken = rig.controller().port();
        assertThatThrownBy(() -> ControllerNode.start(
                        ControllerRig.settings(folder.resolve("second"), "planned", taken), Clock.systemUTC()))
                .isInstanceOf(ControllerException.class)
                .hasMessageStartingWith("Door replication-controller cannot listen on 127.0.0.1:" + taken);
        rig.close();

        // A pool's last thread may still be on its way out when its executor has terminated.
        await("the controller's threads end").atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("replication-")));
    }
}
