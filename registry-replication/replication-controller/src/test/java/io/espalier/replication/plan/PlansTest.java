package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.member.Member;
import io.espalier.tree.stripe.StripedPlan;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlansTest extends PlansRig {
    PlansTest() {
        super(ONE_TREE);
    }

    @Test
    void plansForTheChunksThatTransfersUse() {
        eleven();
        assertThat(plans.current(SIZE).request().chunkBytes()).isEqualTo(256 << 10);
        assertThat(plans.current(2_000_000_000).request().chunkBytes()).isEqualTo(1 << 20);
        restart(ONE_TREE.withChunks(65_536));
        assertThat(plans.current(SIZE).request().chunkBytes()).isEqualTo(65_536);
        assertThat(plans.propose(GREEDY, SIZE).request().chunkBytes()).isEqualTo(65_536);
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
        restart(ONE_TREE.with(GREEDY));
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
