package io.espalier.harbor.tree;

import static io.espalier.harbor.given.Given.CLUSTER;
import static io.espalier.harbor.given.Given.PATIENCE;
import static io.espalier.harbor.given.Given.edge;
import static io.espalier.harbor.given.Given.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborLogin;
import io.espalier.harbor.node.HarborNode;
import io.espalier.harbor.session.HarborSessions;
import io.espalier.harbor.tree.TreeStep.Kind;
import io.espalier.testkit.harbor.HarborDouble;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.TestAuthority;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresProgram("docker-registry")
@Timeout(120)
class HarborTreeTest {
    private static final String POLICY = "espalier-espalier_test-a-b";
    private static final String REGISTRY = "espalier-espalier_test-b";

    @TempDir
    private Path folder;

    private HarborDouble above;
    private HarborDouble below;
    private HarborNode a;
    private HarborNode b;
    private HarborSessions sessions;
    private HarborTree tree;

    @BeforeEach
    void start() {
        above = HarborDouble.in(folder.resolve("a")).start();
        below = HarborDouble.in(folder.resolve("b")).start();
        a = node("a", above);
        b = node("b", below);
        sessions = HarborSessions.create(PATIENCE);
        tree = new HarborTree(CLUSTER, sessions, Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        sessions.close();
        above.close();
        below.close();
    }

    private TreeReport apply(HarborEdge... edges) throws Exception {
        return tree.apply(List.of(a, b), List.of(edges), EdgeSettings.DEFAULT, false);
    }

    private static List<String> changing(HarborDouble harbor) {
        return harbor.calls().stream()
                .filter(call -> !call.startsWith("GET") && !call.startsWith("HEAD"))
                .toList();
    }

    @Test
    void makesOneRegistryAndOneManualPolicyForAnEdge() throws Exception {
        TreeReport report = apply(edge(a, b));

        assertThat(report.failures()).isEmpty();
        assertThat(above.registries()).containsExactly(REGISTRY);
        assertThat(above.policies()).containsExactly(POLICY);
        assertThat(below.policies()).isEmpty();
        ObjectNode policy = above.policy(POLICY);
        assertThat(policy.path("trigger").path("type").asText()).isEqualTo("manual");
        assertThat(policy.path("dest_namespace_replace_count").asInt()).isZero();
        assertThat(policy.path("override").asBoolean()).isTrue();
        assertThat(policy.path("enabled").asBoolean()).isTrue();
        assertThat(policy.path("deletion").asBoolean()).isFalse();
        assertThat(policy.path("description").asText()).contains("Espalier", CLUSTER);
        assertThat(policy.path("filters")).hasSize(1);
    }

    @Test
    void changesNothingTheSecondTime() throws Exception {
        apply(edge(a, b));
        above.forgetCalls();

        TreeReport report = apply(edge(a, b));

        assertThat(report.changes()).isEmpty();
        assertThat(changing(above)).isEmpty();
    }

    @Test
    void dryRunTellsEveryCallAndMakesNone() throws Exception {
        TreeReport report = tree.apply(List.of(a, b), List.of(edge(a, b)), EdgeSettings.DEFAULT, true);

        assertThat(changing(above)).isEmpty();
        assertThat(report.text())
                .contains("POST /registries {name: " + REGISTRY, "POST /replication/policies {name: " + POLICY)
                .contains("2 changes would be made")
                .doesNotContain(below.password());
    }

    @Test
    void leavesWhatOthersMadeAloneAndSaysSo() throws Exception {
        apply(edge(a, b));
        above.changePolicy(POLICY, row -> row.put("description", "mine"));
        above.forgetCalls();

        TreeReport report = apply(edge(a, b));

        assertThat(report.failures()).singleElement().asString().contains(POLICY, "did not make");
        assertThat(changing(above)).isEmpty();
        tree.remove(List.of(a, b), false);
        assertThat(above.policies()).containsExactly(POLICY);
        assertThat(above.registries()).as("used by the policy that is not ours").containsExactly(REGISTRY);
    }

    @Test
    void leavesTheTreeOfAnotherClusterAlone() throws Exception {
        HarborTree other = new HarborTree("other", sessions);
        other.apply(List.of(a, b), List.of(edge(a, b)), EdgeSettings.DEFAULT, false);
        apply(edge(a, b));

        assertThat(above.policies()).containsExactlyInAnyOrder(POLICY, "espalier-other-a-b");
        tree.remove(List.of(a, b), false);
        assertThat(above.policies()).containsExactly("espalier-other-a-b");
        assertThat(above.registries()).containsExactly("espalier-other-b");
    }

    @Test
    void removesWhatItMade() throws Exception {
        apply(edge(a, b));

        TreeReport dry = tree.remove(List.of(a, b), true);
        assertThat(dry.text()).contains("DELETE /replication/policies/1", "DELETE /registries/1");
        assertThat(above.policies()).containsExactly(POLICY);

        TreeReport report = tree.remove(List.of(a, b), false);
        assertThat(report.failures()).isEmpty();
        assertThat(above.policies()).isEmpty();
        assertThat(above.registries()).isEmpty();
        assertThat(tree.remove(List.of(a, b), false).changes()).isEmpty();
    }

    @Test
    void movesAnEdgeAndRemovesTheOldOne() throws Exception {
        apply(edge(a, b));

        TreeReport report = apply(edge(b, a));

        assertThat(report.failures()).isEmpty();
        assertThat(above.policies()).isEmpty();
        assertThat(above.registries()).isEmpty();
        assertThat(below.policies()).containsExactly("espalier-espalier_test-b-a");
    }

    @Test
    void putsAScheduleThatSomebodySetBackToManual() throws Exception {
        apply(edge(a, b));
        above.changePolicy(POLICY, row -> {
            row.withObject("/trigger").put("type", "scheduled");
            row.withObject("/trigger").putObject("trigger_settings").put("cron", "0 0 2 * * *");
        });

        TreeReport report = apply(edge(a, b));

        assertThat(report.text()).contains("0 0 2 * * *", "six fields");
        assertThat(above.policy(POLICY).path("trigger").path("type").asText()).isEqualTo("manual");
    }

    @Test
    void keepsFieldsOfNewerVersionsWhenItReplacesAPolicy() throws Exception {
        apply(edge(a, b));
        above.changePolicy(POLICY, row -> row.put("enabled", false).put("from_the_future", 7));

        assertThat(apply(edge(a, b)).text()).contains("was disabled");

        assertThat(above.policy(POLICY).path("from_the_future").asInt()).isEqualTo(7);
        assertThat(above.policy(POLICY).path("enabled").asBoolean()).isTrue();
        assertThat(above.policy(POLICY).path("dest_namespace_replace_count").asInt())
                .isZero();
        assertThat(above.policy(POLICY).path("filters")).hasSize(1);
    }

    @Test
    void neverWritesAsterisksForASecret() throws Exception {
        apply(edge(a, b));
        above.changeRegistry(REGISTRY, row -> row.put("insecure", true));

        assertThat(apply(edge(a, b)).text()).contains("certificate is checked");

        assertThat(above.secretOf(REGISTRY)).isEqualTo(below.password());
    }

    @Test
    void writesASecretThatHasChangedThoughItCannotReadTheOldOne() throws Exception {
        HarborNode before = new HarborNode(
                "b", below.uri(), new HarborLogin(below.user(), below.password()), "", false, Optional.empty());
        apply(edge(a, before));
        below.addRobot(below.user(), "Another1", java.util.Set.of());
        HarborNode after = HarborNode.of("b", below.uri(), below.user(), "Another1");

        TreeReport report = tree.apply(List.of(a), List.of(edge(a, after)), EdgeSettings.DEFAULT, false);

        assertThat(report.text()).contains("its credentials were others").doesNotContain("Another1");
        assertThat(above.secretOf(REGISTRY)).isEqualTo("Another1");
    }

    @Test
    void findsItsOwnAmongHundredsOfPolicies() throws Exception {
        apply(edge(a, b));
        above.copyPolicy(POLICY, 110);
        above.forgetCalls();

        TreeReport report = apply(edge(a, b));

        assertThat(report.text()).contains("keep policy " + POLICY);
        assertThat(above.policies())
                .as("copies with our description are no edges")
                .containsExactly(POLICY);
    }

    @Test
    void saysThatTheParentDoesNotReachTheChild() throws Exception {
        HarborNode nowhere = HarborNode.of("c", URI.create("http://127.0.0.1:1"), "u", "p");

        TreeReport report =
                tree.apply(List.of(a, b), List.of(edge(a, nowhere), edge(a, b)), EdgeSettings.DEFAULT, false);

        assertThat(report.failures()).singleElement().asString().contains("nobody listens");
        assertThat(above.policies()).as("the other edge is made all the same").containsExactly(POLICY);
    }

    @Test
    void saysThatTheParentFindsTheChildUnhealthy() throws Exception {
        TestAuthority authority = TestAuthority.named("private");
        Path ca = Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
        below.refuseOtherHarbors(true);
        HarborNode own = new HarborNode(
                "b", below.uri(), new HarborLogin(below.user(), below.password()), "", false, Optional.of(ca));

        TreeReport report = apply(edge(a, own));

        assertThat(report.failures())
                .singleElement()
                .asString()
                .contains("'a' cannot connect to 'b'", "2.14 takes no authority", "2.15");
    }

    @Test
    void saysThatTheCredentialsOfTheChildAreWrongBeforeAnythingIsMade() throws Exception {
        HarborNode wrong = HarborNode.of("b", below.uri(), "admin", "guess");

        TreeReport report = tree.apply(List.of(a), List.of(edge(a, wrong)), EdgeSettings.DEFAULT, false);

        assertThat(report.failures()).singleElement().asString().contains("stranger");
        assertThat(changing(above)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 8, 10, 13, 14, 15})
    void worksWithEveryVersion(int minor) throws Exception {
        try (HarborDouble parent =
                HarborDouble.in(folder.resolve("v" + minor)).version(minor).start()) {
            HarborNode node = node("v", parent);
            EdgeSettings chunks = new EdgeSettings(true, 2_000);

            TreeReport first = tree.apply(List.of(node), List.of(edge(node, b)), chunks, false);
            TreeReport second = tree.apply(List.of(node), List.of(edge(node, b)), chunks, false);

            assertThat(first.failures()).isEmpty();
            assertThat(second.changes()).as("changes the second time").isEmpty();
            ObjectNode policy = parent.policy("espalier-espalier_test-v-b");
            assertThat(policy.path("speed").asInt()).isEqualTo(2_000);
            assertThat(policy.path("copy_by_chunk").asBoolean()).isEqualTo(minor >= 7);
        }
    }

    @Test
    void givesTheAuthorityOfAChildToAHarborThatTakesIt() throws Exception {
        TestAuthority authority = TestAuthority.named("private");
        Path ca = Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
        try (HarborDouble newest =
                HarborDouble.in(folder.resolve("n")).version(15).start()) {
            HarborNode parent = node("n", newest);
            HarborNode child = new HarborNode(
                    "b", below.uri(), new HarborLogin(below.user(), below.password()), "", false, Optional.of(ca));

            tree.apply(List.of(parent), List.of(edge(parent, child)), EdgeSettings.DEFAULT, false);

            newest.changeRegistry(
                    REGISTRY,
                    row -> assertThat(row.path("ca_certificate").asText()).contains("BEGIN CERTIFICATE"));
        }
    }

    @Test
    void stopsAnExecutionThatKeepsAPolicyFromBeingRemoved() throws Exception {
        apply(edge(a, b));
        HarborDouble.Held held = above.holdPreparation();
        long started = sessions.of(a)
                .executions()
                .start(above.policy(POLICY).path("id").asLong());
        HarborTree impatient = new HarborTree(CLUSTER, sessions, Duration.ofMillis(500));

        TreeReport report = impatient.remove(List.of(a, b), false);

        assertThat(report.failures()).singleElement().asString().contains("still runs", "between two blobs");
        assertThat(above.calls()).contains("PUT /replication/executions/" + started);
        held.release();
        assertThat(tree.remove(List.of(a, b), false).failures()).isEmpty();
        assertThat(above.policies()).isEmpty();
    }

    @Test
    void shortensNamesThatHarborWouldNotTake() {
        String longest = "c".repeat(60);
        HarborNode one = HarborNode.of("x".repeat(50), URI.create("http://x"), "u", "p");
        HarborNode two = HarborNode.of("x".repeat(49) + "y", URI.create("http://y"), "u", "p");

        assertThat(TreeNames.registry(longest, one.name()))
                .hasSize(64)
                .isNotEqualTo(TreeNames.registry(longest, two.name()));
        assertThat(TreeNames.registry("My Cluster", "b")).isEqualTo("espalier-my_cluster-b");
    }

    @Test
    void tellsKindsOfStepsApart() {
        assertThat(new TreeStep("a", Kind.LEAVE, "x", "", "y").changes()).isFalse();
        assertThat(new TreeStep("a", Kind.REMOVE, "x", "DELETE /x", "").changes())
                .isTrue();
    }
}
