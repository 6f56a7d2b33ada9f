package io.espalier.replication.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasurePlansTest {
    @Test
    void noNodeTakesPartInTwoCopiesAtATimeAndEveryPairCopiesBothWaysOnce() {
        for (int size = 0; size <= 60; size++) {
            MeasurePlan plan = MeasurePlans.copies(nodes(size), 1_000_000, Long.MAX_VALUE);
            Set<List<NodeId>> pairs = new HashSet<>();
            for (List<MeasureOrder> round : plan.rounds()) {
                assertNobodyTwice(round);
                round.forEach(order -> assertThat(
                                pairs.add(List.of(order.node(), order.peers().get(0))))
                        .as("%s is new", order)
                        .isTrue());
            }
            assertThat(pairs).as("pairs of %s nodes", size).hasSize(size * Math.max(0, size - 1));
            assertThat(pairs).noneMatch(pair -> pair.get(0).equals(pair.get(1)));
            assertThat(plan.left()).isZero();
        }
    }

    @Test
    void copiesStayWithinTheLimitAndAreSpreadOverAllNodes() {
        for (int limit = 1; limit < 400; limit += 7) {
            MeasurePlan plan = MeasurePlans.copies(nodes(20), 1_000_000, limit * 1_000_000L + 999_999);
            assertThat(plan.bytes()).isEqualTo(Math.min(limit, 380) * 1_000_000L);
            assertThat(plan.pairs() + plan.left()).isEqualTo(380);
            plan.rounds().forEach(MeasurePlansTest::assertNobodyTwice);
        }
        MeasurePlan some = MeasurePlans.copies(nodes(20), 1_000_000, 20_000_000);
        assertThat(some.rounds().stream().flatMap(List::stream).map(MeasureOrder::node))
                .as("each node copies once")
                .doesNotHaveDuplicates()
                .hasSize(20);
        assertThat(MeasurePlans.copies(nodes(3), 1_000_000, 999_999).pairs()).isZero();
    }

    @Test
    void saysBeforeHowManyBytesItWillSend() {
        assertThat(MeasurePlans.copies(nodes(9), 8_000_000, 400_000_000).sentence())
                .isEqualTo("Copies 8.0 MB over each of 50 links in 13 rounds, 400.0 MB in all;"
                        + " no node takes part in two copies at a time. The limit leaves out 22 links.");
        assertThat(MeasurePlans.requests(MeasureMode.PING, nodes(3), nodes(3)).sentence())
                .isEqualTo("Measures 6 pairs by ping.");
    }

    @Test
    void pingsAllPairsUpToAHundredNodesAndNeighboursAbove() {
        assertThat(MeasurePlans.requests(MeasureMode.PING, nodes(100), nodes(100))
                        .pairs())
                .isEqualTo(9_900);
        assertThat(MeasurePlans.requests(MeasureMode.PING, nodes(1_000), nodes(1_000))
                        .pairs())
                .isBetween(1_000, 32_000);
        assertThat(MeasurePlans.requests(MeasureMode.PING, nodes(1), nodes(1)).pairs())
                .isZero();
        assertThat(MeasurePlans.requests(MeasureMode.PING, List.of(), List.of()).pairs())
                .isZero();
    }

    @Test
    void aNodeThatJoinsMeasuresItsOwnPairsOnly() {
        MeasurePlan plan = MeasurePlans.requests(MeasureMode.PING, nodes(5), nodes(1));

        assertThat(plan.rounds()).hasSize(1);
        assertThat(plan.rounds().get(0)).containsExactly(new MeasureOrder(nodes(1).get(0), nodes(5).subList(1, 5)));
    }

    private static void assertNobodyTwice(List<MeasureOrder> round) {
        assertThat(round.stream()
                        .flatMap(order -> java.util.stream.Stream.of(
                                order.node(), order.peers().get(0))))
                .doesNotHaveDuplicates();
        assertThat(round).allMatch(order -> order.peers().size() == 1);
    }

    private static List<NodeId> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> new NodeId("n" + i)).toList();
    }
}
