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
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.replication.store.MemoryMeasurements;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nine nodes, all as far from each other: one tree is a long chain or sends twice. */
@Timeout(60)
class StripedPlansTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long SIZE = 30_000_000;
    private static final List<String> NODES = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
    private static final PlanSettings AT_ONCE = PlanSettings.DEFAULT.withGrace(Duration.ZERO, Duration.ZERO);

    private final MemoryMeasurements store = new MemoryMeasurements();
    private final MeasuredWorld world = MeasuredWorld.workedExample();
    private final ClusterDouble cluster = new ClusterDouble().answering(world);
    private final Measurements measurements = Measurements.start(
            MeasureSettings.DEFAULT.withPatience(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMillis(1)),
            cluster,
            store,
            Clock.systemUTC());
    private Plans plans = start(AT_ONCE);

    private Plans start(PlanSettings settings) {
        return Plans.start(settings, cluster, measurements, store, Clock.systemUTC());
    }

    private void restart(PlanSettings settings) {
        plans.close();
        plans = start(settings);
    }

    @BeforeEach
    void measure() throws Exception {
        world.millis((from, to) -> 300);
        NODES.forEach(node -> world.bandwidth(node, 6_000_000, 6_000_000));
        cluster.with(NODES.toArray(String[]::new));
        for (MeasureMode mode : List.of(MeasureMode.PING, MeasureMode.COPY)) {
            MeasureReport report =
                    measurements.measure(measurements.preview(mode, 0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(report.measured()).as(report.sentence()).isEqualTo(report.asked());
        }
        plans.anew(SIZE);
    }

    @AfterEach
    void stop() {
        plans.close();
        measurements.close();
        cluster.close();
    }

    private static List<Map<String, String>> parents(StripedPlan plan) {
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
        StripedPlan plan = plans.current(SIZE);
        assertThat(plan.stripes()).isGreaterThan(1);
        assertThat(plan.completionSeconds())
                .isLessThan(plans.propose(plans.planner(), SIZE, 1).completionSeconds());

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
                        .isEqualTo(parents(plan).get(i).get(node));
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
        List<Map<String, String>> before = parents(plans.current(SIZE));
        restart(AT_ONCE);
        assertThat(parents(plans.current(SIZE))).isEqualTo(before);

        restart(AT_ONCE.withStripes(1));
        assertThat(plans.current(SIZE).stripes()).isEqualTo(1);
        restart(AT_ONCE.with(new PlannerChoice("greedy", "k=2")));
        assertThat(plans.current(SIZE).stripes()).isEqualTo(1);
        assertThat(plans.current(SIZE).planner()).isEqualTo("greedy");
    }

    @Test
    void aTreeStoredBeforeThereWereStripesIsReadAndGivesWayToFasterOnes() {
        String chain = "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"],"
                + "\"parents\":[-1,0,1,2,3,4,5,6,7]}]";
        plans.close();
        store.savePlan(new PlanRow(SizeClass.of(SIZE).text(), chain, Instant.EPOCH));

        plans = start(AT_ONCE.withStripes(1));
        assertThat(parents(plans.current(SIZE)).get(0)).containsEntry("i", "h").containsEntry("b", "a");
        restart(AT_ONCE);
        assertThat(plans.current(SIZE).stripes()).isGreaterThan(1);
    }

    @Test
    void storedStripesThatMakeNoPlanAreMadeAnew() {
        String trees = "\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"],"
                + "\"parents\":[-1,0,1,2,3,4,5,6,7]";
        for (String more : List.of("{" + trees + "}", "{}", "{\"nodes\":[\"a\",\"x\"],\"parents\":[-1,0]}", "7")) {
            plans.close();
            store.savePlan(new PlanRow(
                    SizeClass.of(SIZE).text(),
                    "[{\"planner\":\"planned\"," + trees + ",\"more\":[" + more + "]}]",
                    Instant.EPOCH));
            plans = start(AT_ONCE);
            assertThat(plans.current(SIZE).complete()).as(more).isTrue();
            assertThat(plans.current(SIZE).size()).isEqualTo(9);
        }
    }

    @Test
    void aNumberOfStripesCanBeAskedForWithoutChangingThePlan() {
        List<Map<String, String>> before = parents(plans.current(SIZE));

        assertThat(plans.propose(plans.planner(), SIZE, 3).stripes()).isEqualTo(3);
        assertThat(plans.propose(plans.planner(), SIZE, 1).stripes()).isEqualTo(1);
        assertThat(parents(plans.current(SIZE))).isEqualTo(before);
        assertThatThrownBy(() -> plans.propose(plans.planner().named("greedy"), SIZE, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("makes one tree only; use planner 'planned'");
        assertThatThrownBy(() -> plans.propose(plans.planner(), SIZE, 17)).hasMessageContaining("use 1 to 16");
        assertThatThrownBy(() -> PlanSettings.DEFAULT.withStripes(0)).hasMessage("stripes is 0; use 1 to 16.");
    }

    @Test
    void whoIsLeftIsServedInStripesWhenANodeGoes() {
        cluster.leave("e");
        await("a plan without e").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 8);
        assertThat(parents(plans.current(SIZE)))
                .allSatisfy(tree ->
                        assertThat(tree).hasSize(8).doesNotContainKey("e").doesNotContainValue("e"));
    }
}
