package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.measure.MeasureReport;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.MeasurementStore.PlanRow;
import io.espalier.replication.store.MemoryMeasurements;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlansTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long SIZE = 100_000_000;
    private static final PlannerChoice GREEDY = new PlannerChoice("greedy", "best-group");
    private static final PlanSettings AT_ONCE =
            PlanSettings.DEFAULT.withGrace(Duration.ZERO, Duration.ZERO).withStripes(1);
    private static final Map<String, String> EXAMPLE =
            Map.of("b", "a", "c", "a", "d", "a", "e", "b", "f", "b", "g", "c", "h", "c", "i", "c", "j", "d", "k", "d");

    private final MemoryMeasurements store = new MemoryMeasurements();
    private final MeasuredWorld world = MeasuredWorld.workedExample();
    private final List<PlanChange> changes = new CopyOnWriteArrayList<>();
    private ClusterDouble cluster = new ClusterDouble().answering(world);
    private Measurements measurements = Measurements.start(
            MeasureSettings.DEFAULT.withPatience(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMillis(1)),
            cluster,
            store,
            Clock.systemUTC());
    private Plans plans = start(AT_ONCE);

    private Plans start(PlanSettings settings) {
        Plans started = Plans.start(settings, cluster, measurements, store, Clock.systemUTC());
        started.whenChanged(changes::add);
        return started;
    }

    private void restart(PlanSettings settings) {
        plans.close();
        plans = start(settings);
    }

    @AfterEach
    void stop() {
        plans.close();
        measurements.close();
        cluster.close();
    }

    private void measure(MeasureMode mode) throws Exception {
        MeasureReport report =
                measurements.measure(measurements.preview(mode, 0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(report.measured()).as(report.sentence()).isEqualTo(report.asked());
    }

    private ClusterDouble eleven() {
        return cluster.with("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
    }

    @Test
    void plansForTheChunksThatTransfersUse() {
        eleven();
        assertThat(plans.current(SIZE).request().chunkBytes()).isEqualTo(256 << 10);
        assertThat(plans.current(2_000_000_000).request().chunkBytes()).isEqualTo(1 << 20);
        restart(AT_ONCE.withChunks(65_536));
        assertThat(plans.current(SIZE).request().chunkBytes()).isEqualTo(65_536);
        assertThat(plans.propose(GREEDY, SIZE).request().chunkBytes()).isEqualTo(65_536);
    }

    @Test
    void listenerThatEndedHearsNoMore() {
        List<PlanChange> heard = new CopyOnWriteArrayList<>();
        Runnable end = plans.whenChanged(heard::add);
        eleven();
        plans.current(SIZE);
        cluster.remove("b");
        await("a change").atMost(LIMIT).until(() -> !heard.isEmpty());
        end.run();
        int before = heard.size();
        changes.clear();
        cluster.remove("c");
        await("another change").atMost(LIMIT).until(() -> !changes.isEmpty());
        assertThat(heard).hasSize(before);
    }

    private static Map<String, String> parents(StripedPlan striped) {
        assertThat(striped.stripes()).isEqualTo(1);
        TreePlan plan = striped.first();
        Map<String, String> parents = new TreeMap<>();
        for (int node = 0; node < plan.size(); node++) {
            if (plan.parent(node) >= 0) {
                parents.put(plan.network().id(node), plan.network().id(plan.parent(node)));
            }
        }
        return parents;
    }

    private static Route route(Map<NodeId, Route> routes, String node) {
        return requireNonNull(routes.get(new NodeId(node)), node);
    }

    private static List<String> names(Route route) {
        return route.branches().get(0).sources().stream()
                .map(peer -> peer.node().value())
                .toList();
    }

    @Test
    void theWorkedExampleGivesItsTreeAndRoutesWithBackups() throws Exception {
        restart(AT_ONCE.with(GREEDY));
        eleven();
        measure(MeasureMode.PING);

        StripedPlan plan = plans.current(SIZE);
        Map<NodeId, Route> routes = plans.routes(plan);

        assertThat(parents(plan)).isEqualTo(EXAMPLE);
        assertThat(plan.request().bytes()).isEqualTo(SIZE);
        assertThat(routes).hasSize(11);
        assertThat(route(routes, "a")).isEqualTo(Route.root());
        Route e = route(routes, "e");
        assertThat(e.branches().get(0).sources().get(0)).isEqualTo(new PeerAddress(new NodeId("b"), "b.example", 8490));
        assertThat(names(e))
                .contains("a")
                .doesNotContain("e")
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(2);
        assertThat(names(route(routes, "b"))).startsWith("a").doesNotContain("e", "f", "b");
        assertThat(e.branches().get(0).expectedBytesPerSecond())
                .as("nothing is expected where bandwidth is assumed only")
                .isZero();
    }

    @Test
    void theExpectedRateIsThatOfThePlanOnceBandwidthIsKnown() throws Exception {
        cluster.with("a", "b", "c");
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);

        StripedPlan plan = plans.current(SIZE);
        int b = plan.network().number("b").orElseThrow();

        assertThat(route(plans.routes(plan), "b").branches().get(0).expectedBytesPerSecond())
                .isPositive()
                .isEqualTo((long) plan.first().rate(b));
    }

    @Test
    void aMemberThatComesOrGoesChangesTheTree() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        assertThat(plans.current(SIZE).size()).isEqualTo(11);

        cluster.leave("b");
        await("a tree without b").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 10);
        assertThat(parents(plans.current(SIZE))).doesNotContainKey("b").doesNotContainValue("b");

        cluster.connect("b");
        assertThat(plans.current(SIZE).size()).isEqualTo(11);
        cluster.remove("k");
        assertThat(plans.current(SIZE).size()).isEqualTo(10);
        assertThat(changes).isNotEmpty().allMatch(PlanChange::members);
    }

    @Test
    void aShortBreakChangesNothing() throws Exception {
        restart(AT_ONCE.withGrace(Duration.ZERO, Duration.ofMinutes(1)));
        eleven();
        measure(MeasureMode.PING);
        StripedPlan before = plans.current(SIZE);
        changes.clear();

        cluster.leave("b");
        cluster.connect("b");

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(changes).isEmpty();
    }

    @Test
    void aSmallChangeOfTheNetworkKeepsTheTreeAndABigOneDoesNot() throws Exception {
        world.millis((from, to) -> site(from) == site(to) ? 2 : 80);
        eleven();
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        StripedPlan before = plans.current(SIZE);
        changes.clear();

        for (int round = 0; round < 5; round++) {
            double shift = 0.9 + 0.05 * round;
            world.millis((from, to) -> (site(from) == site(to) ? 2 : 80) * (shift + from.charAt(0) % 3 * 0.01));
            measure(MeasureMode.PING);
        }
        awaitPlanned();
        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(changes).isEmpty();

        for (String node : List.of("b", "c", "d")) {
            world.bandwidth(node, 500_000, 10_000_000);
        }
        measure(MeasureMode.COPY);
        await("another tree").atMost(LIMIT).until(() -> !changes.isEmpty());
        assertThat(changes.get(0).members()).isFalse();
        assertThat(changes.get(0).reason()).contains("is predicted to save");
        assertThat(parents(plans.current(SIZE))).isNotEqualTo(parents(before));
    }

    private static int site(String node) {
        return (node.charAt(0) - 'a') / 4;
    }

    /** What was asked of the planning thread before is done when it has made a tree that nobody had. */
    private void awaitPlanned() {
        assertThat(plans.current(1)).isNotNull();
    }

    @Test
    void aRestartShowsTheSameTreeAlsoWhileTheNodesAreStillAway() throws Exception {
        restart(AT_ONCE.with(GREEDY));
        eleven();
        measure(MeasureMode.PING);
        StripedPlan before = plans.current(SIZE);
        plans.close();
        measurements.close();
        cluster.close();

        cluster = new ClusterDouble().answering(world).with("a");
        for (String node : EXAMPLE.keySet().stream().sorted().toList()) {
            cluster.with(node, "", false);
        }
        measurements = Measurements.start(MeasureSettings.DEFAULT, cluster, store, Clock.systemUTC());
        plans = start(PlanSettings.DEFAULT.with(GREEDY));

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        assertThat(plans.current(SIZE).completionSeconds()).isEqualTo(before.completionSeconds());
        for (String node : EXAMPLE.keySet()) {
            cluster.connect(node);
            assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
        }
    }

    @Test
    void nodesThatDoNotComeBackAfterARestartAreLeftOut() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        plans.current(SIZE);
        cluster.leave("e");
        cluster.leave("k");
        restart(AT_ONCE.withGrace(Duration.ofMillis(300), Duration.ZERO));

        await("a tree of nine").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 9);
    }

    @Test
    void aTreeComesBackWhenItsNodesDo() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        StripedPlan before = plans.current(SIZE);

        cluster.leave("c");
        await("a tree without c").atMost(LIMIT).until(() -> plans.current(SIZE).size() == 10);
        world.millis((from, to) -> 11 + (from.charAt(0) - 'a') * 0.1);
        cluster.connect("c");

        assertThat(parents(plans.current(SIZE))).isEqualTo(parents(before));
    }

    @Test
    void aStoredTreeThatCannotBeReadIsMadeAnew() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        String name = SizeClass.of(SIZE).text();
        for (String body : List.of(
                "",
                "nonsense",
                "{}",
                "[{}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\"],\"parents\":[-1]}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"B B\"],\"parents\":[-1,0]}]",
                "[{\"planner\":\"planned\",\"nodes\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"],"
                        + "\"parents\":[-1,2,1,99,-5,0,0,0,0,0,0]}]")) {
            store.savePlan(new PlanRow(name, body, Instant.EPOCH));
            restart(AT_ONCE);

            assertThat(plans.current(SIZE).size()).as(body).isEqualTo(11);
        }
    }

    @Test
    void theTreeGrowsNarrowerForBigImagesAndClassesShareIt() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);

        StripedPlan small = plans.current(2_000_000);
        StripedPlan large = plans.current(3_000_000_000L);

        assertThat(parents(plans.current(3_000_000))).isEqualTo(parents(small));
        assertThat(large.completionSeconds()).isGreaterThan(small.completionSeconds());
        assertThat(plans.inForce().keySet()).containsExactly(SizeClass.of(2_000_000), SizeClass.of(3_000_000_000L));
        assertThat(SizeClass.of(0).text()).isEqualTo("up-to-1MiB");
        assertThat(SizeClass.of((1 << 20) + 1).text()).isEqualTo("up-to-4MiB");
        assertThat(SizeClass.of(Long.MAX_VALUE).text()).isEqualTo("above-16GiB");
    }

    @Test
    void withoutTheMastersRelayThereIsASentence() {
        assertThatThrownBy(() -> plans.current(SIZE))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("the master's own relay has not joined yet");
        assertThat(plans.problem()).get().asString().contains("has not joined yet");

        cluster.with("a");
        cluster.connect("a");

        await("the problem is over").atMost(LIMIT).until(() -> plans.problem().isEmpty());
        assertThat(plans.current(SIZE).size()).isEqualTo(1);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void aBackfillComesFromTheNearestOfThoseThatHaveItAlready() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        List<NodeId> having = List.of(new NodeId("a"), new NodeId("b"), new NodeId("d"));

        Map<NodeId, Route> one = plans.backfill(having, List.of(new NodeId("k")), SIZE);
        Map<NodeId, Route> both =
                plans.backfill(having, List.of(new NodeId("k"), new NodeId("e"), new NodeId("b")), SIZE);

        assertThat(one.keySet()).containsExactly(new NodeId("k"));
        assertThat(names(route(one, "k"))).startsWith("d").contains("a", "b");
        assertThat(both.keySet()).containsExactlyInAnyOrder(new NodeId("k"), new NodeId("e"), new NodeId("b"));
        assertThat(names(route(both, "b"))).doesNotContain("b");
        assertThat(route(plans.backfill(List.of(), List.of(new NodeId("k")), SIZE), "k")
                        .branches()
                        .get(0)
                        .sources())
                .extracting(PeerAddress::node)
                .containsExactly(new NodeId("a"));
    }

    @Test
    void aTreeOfSomeMembersIsMadeForTheMomentAndHoldersAreRankedByDistance() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        List<Member> some = cluster.all().subList(0, 4);

        assertThat(plans.over(some, SIZE).size()).isEqualTo(4);
        assertThat(parents(plans.over(cluster.all(), SIZE))).isEqualTo(parents(plans.current(SIZE)));
        assertThatThrownBy(() -> plans.over(cluster.all().subList(1, 4), SIZE))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("the master's relay is not among them");
        assertThat(plans.nearest(cluster.all().get(10), some))
                .extracting(member -> member.id().value())
                .startsWith("d")
                .hasSize(4);
    }

    @Test
    void anotherPlannerCanBeAskedWithoutChangingTheTree() throws Exception {
        eleven();
        measure(MeasureMode.PING);
        Map<String, String> before = parents(plans.current(SIZE));

        assertThat(parents(plans.propose(plans.planner().named("greedy"), SIZE)))
                .isEqualTo(EXAMPLE);
        assertThat(parents(plans.current(SIZE))).isEqualTo(before);
        assertThatThrownBy(() -> plans.planner().named("magic"))
                .hasMessage("planner is 'magic'; use planned or greedy.");
        assertThatThrownBy(() -> new PlannerChoice("greedy", "k=0")).hasMessageContaining("use best-group, or k=N");
    }

    @Test
    void aHundredNodesAreMeasuredAndPlanned() throws Exception {
        world.millis((from, to) -> from.charAt(1) == to.charAt(1) ? 3 : 60);
        IntStream.range(0, 100).forEach(i -> cluster.with("n" + i % 5 + "-" + (100 + i)));
        measure(MeasureMode.PING);

        StripedPlan plan = plans.current(SIZE);

        assertThat(measurements.measured()).hasSize(9_900);
        assertThat(plan.first().unreachable()).isEmpty();
        assertThat(plans.routes(plan)).hasSize(100);
        assertThat(plan.edgesBetweenRegions()).isEqualTo(4);
        assertThat(plan.first().edgesToVerify()).isEmpty();
    }

    @Test
    void aboveAHundredNodesTheEdgesOfThePlanAreVerified() throws Exception {
        world.millis((from, to) -> from.charAt(1) == to.charAt(1) ? 3 : 60);
        IntStream.range(0, 250).forEach(i -> cluster.with("n" + i % 5 + "-" + (100 + i)));
        measure(MeasureMode.PING);

        plans.current(SIZE);

        await("every edge is measured").atMost(LIMIT).untilAsserted(() -> assertThat(
                        plans.current(SIZE).first().edgesToVerify())
                .isEmpty());
    }
}
