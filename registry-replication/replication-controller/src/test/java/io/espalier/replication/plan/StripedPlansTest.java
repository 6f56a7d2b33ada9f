package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nine nodes, all as far from each other: one tree is a long chain or sends twice. */
@Timeout(60)
class StripedPlansTest extends PlansRig {
    private static final long BYTES = 30_000_000;
    private static final List<String> NODES = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");

    StripedPlansTest() {
        super(AT_ONCE);
    }

    @BeforeEach
    void measureAll() throws Exception {
        world.millis((from, to) -> 600);
        NODES.forEach(node -> world.bandwidth(node, 6_000_000, 6_000_000));
        cluster.with(NODES.toArray(String[]::new));
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        plans.anew(BYTES);
    }

    private static List<Map<String, String>> allParents(StripedPlan plan) {
        List<Map<String, String>> all = new ArrayList<>();
        for (TreePlan tree : plan.trees()) {
            Map<String, String> parents = new TreeMap<>();
            for (int node : tree.order()) {
                parents.put(
                        tree.network().id(node),
                        tree.parent(node) < 0 ? "" : tree.network().id(tree.parent(node)));
            }
            all.add(parents);
        }
        return all;
    }

    @Test
    void everyNodeHasABranchForEachStripeWithItsParentAndBackups() {
        StripedPlan plan = plans.current(BYTES);
        assertThat(plan.stripes()).isGreaterThan(1);
        assertThat(plan.completionSeconds())
                .isLessThan(plans.propose(plans.planner(), BYTES, 1).completionSeconds());

        Map<NodeId, Route> routes = plans.routes(plan);

        assertThat(routes).hasSize(9);
        assertThat(routes.get(new NodeId("a"))).isEqualTo(Route.root());
        for (String node : NODES.subList(1, 9)) {
            Route route = requireNonNull(routes.get(new NodeId(node)), node);
            assertThat(route.stripes()).isEqualTo(plan.stripes());
            for (int i = 0; i < plan.stripes(); i++) {
                Branch branch = route.branches().get(i);
                TreePlan tree = plan.trees().get(i);
                int number = tree.network().number(node).orElseThrow();
                assertThat(branch.parent().node().value())
                        .isEqualTo(allParents(plan).get(i).get(node));
                assertThat(branch.expectedBytesPerSecond()).isEqualTo((long) tree.rate(number));
                assertThat(branch.sources())
                        .as("nobody of its own subtree")
                        .extracting(PeerAddress::node)
                        .doesNotContain(new NodeId(node))
                        .noneMatch(id ->
                                tree.within(tree.network().number(id.value()).orElseThrow(), number));
            }
        }
    }

    @Test
    void aRestartShowsTheSameTreesOfAllStripes() {
        List<Map<String, String>> before = allParents(plans.current(BYTES));
        restart(AT_ONCE);
        assertThat(allParents(plans.current(BYTES))).isEqualTo(before);

        restart(AT_ONCE.withStripes(1));
        assertThat(plans.current(BYTES).stripes()).isEqualTo(1);
        restart(AT_ONCE.with(new PlannerChoice("greedy", "k=2")));
        assertThat(plans.current(BYTES).stripes()).isEqualTo(1);
        assertThat(plans.current(BYTES).planner()).isEqualTo("greedy");
    }

    @Test
    void aTreeStoredBeforeThereWereStripesIsReadAndGivesWayToFasterOnes() {
        String chain = "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"],"
                + "\"parents\":[-1,0,1,2,3,4,5,6,7]}]";
        plans.close();
        store.savePlan(new PlanRow(SizeClass.of(BYTES).text(), chain, Instant.EPOCH));

        plans = start(AT_ONCE.withStripes(1));
        assertThat(allParents(plans.current(BYTES)).get(0))
                .containsEntry("i", "h")
                .containsEntry("b", "a");
        restart(AT_ONCE);
        assertThat(plans.current(BYTES).stripes()).isGreaterThan(1);
    }

    @Test
    void storedStripesThatMakeNoPlanAreMadeAnew() {
        String trees = "\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"],"
                + "\"parents\":[-1,0,1,2,3,4,5,6,7]";
        for (String more : List.of("{" + trees + "}", "{}", "{\"nodes\":[\"a\",\"x\"],\"parents\":[-1,0]}", "7")) {
            plans.close();
            store.savePlan(new PlanRow(
                    SizeClass.of(BYTES).text(),
                    "[{\"planner\":\"planned\"," + trees + ",\"more\":[" + more + "]}]",
                    Instant.EPOCH));
            plans = start(AT_ONCE);
            assertThat(plans.current(BYTES).complete()).as(more).isTrue();
            assertThat(plans.current(BYTES).size()).isEqualTo(9);
        }
    }

    @Test
    void aNumberOfStripesCanBeAskedForWithoutChangingThePlan() {
        List<Map<String, String>> before = allParents(plans.current(BYTES));

        assertThat(plans.propose(plans.planner(), BYTES, 3).stripes()).isEqualTo(3);
        assertThat(plans.propose(plans.planner(), BYTES, 1).stripes()).isEqualTo(1);
        assertThat(allParents(plans.current(BYTES))).isEqualTo(before);
        assertThatThrownBy(() -> plans.propose(plans.planner().named("greedy"), BYTES, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("makes one tree only; use planner 'planned'");
        assertThatThrownBy(() -> plans.propose(plans.planner(), BYTES, 17)).hasMessageContaining("use 1 to 16");
        assertThatThrownBy(() -> PlanSettings.DEFAULT.withStripes(0)).hasMessage("stripes is 0; use 1 to 16.");
    }

    @Test
    void whoIsLeftIsServedInStripesWhenANodeGoes() {
        cluster.leave("e");
        await("a plan without e").atMost(LIMIT).until(() -> plans.current(BYTES).size() == 8);
        assertThat(allParents(plans.current(BYTES)))
                .allSatisfy(tree ->
                        assertThat(tree).hasSize(8).doesNotContainKey("e").doesNotContainValue("e"));
    }
}
