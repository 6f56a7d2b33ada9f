package io.espalier.replication.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import io.espalier.replication.store.MemoryMeasurements;
import io.espalier.tree.network.Network;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EstimatesTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
    private static final long UNKNOWN = 12_500_000;

    private final ClusterDouble cluster = new ClusterDouble().with("a", "b", "c", "d", "e");
    private final List<MeasurementRow> rows = new ArrayList<>();
    private final List<RateRow> rates = new ArrayList<>();

    private Network network() {
        return new Estimates(rows, rates, UNKNOWN, 0).network(cluster.all());
    }

    private void copy(String from, String to, long rate) {
        rows.add(new MeasurementRow(new NodeId(from), new NodeId(to), MeasureMode.COPY, 100, 0, rate, NOW));
    }

    private void rate(String parent, String child, long rate, int secondsLater) {
        rates.add(new RateRow(new NodeId(parent), new NodeId(child), rate, NOW.plusSeconds(secondsLater)));
    }

    @Test
    void whatIsUnknownIsAssumedAndSaidSo() {
        Network network = network();

        assertThat(network.uplink(0)).isEqualTo(UNKNOWN);
        assertThat(network.bandwidthAssumed(0)).isTrue();
        assertThat(network.expectedRttMillis(0, 1)).isNaN();
    }

    @Test
    void nodesOfMixedUplinksAreToldApartByCopies() throws Exception {
        MeasuredWorld world = new MeasuredWorld((from, to) -> 10);
        long[] uplinks = {125_000_000, 12_500_000, 12_500_000, 2_500_000, 2_500_000};
        for (int i = 0; i < uplinks.length; i++) {
            world.bandwidth("abcde".substring(i, i + 1), uplinks[i], 125_000_000);
        }
        cluster.answering(world);
        try (Measurements measurements =
                Measurements.start(MeasureSettings.DEFAULT, cluster, new MemoryMeasurements(), Clock.systemUTC())) {
            measurements.measure(measurements.preview(MeasureMode.COPY, 0)).get(30, TimeUnit.SECONDS);
            Network network = measurements.estimates().network(cluster.all());

            for (int i = 0; i < uplinks.length; i++) {
                assertThat(network.uplink(i)).as("uplink of %s", network.id(i)).isEqualTo((double) uplinks[i]);
                assertThat(network.bandwidthAssumed(i)).isFalse();
            }
            assertThat(network.downlink(3))
                    .as("a slow sender does not make its receivers slow")
                    .isGreaterThanOrEqualTo(12_500_000);
        } finally {
            cluster.close();
        }
    }

    @Test
    void theRatesOfChildrenAtOneTimeAreAddedUp() {
        rate("a", "b", 9_000_000, 0);
        rate("a", "c", 9_000_000, 1);
        rate("a", "d", 9_000_000, -3600);

        assertThat(network().uplink(0)).isEqualTo(18_000_000);
    }

    @Test
    void whatTheOperatorAllowsIsNeverExceeded() {
        copy("b", "a", 50_000_000);
        cluster.burden("a", new NodeCapacity(20_000_000, 2));
        cluster.burden("c", new NodeCapacity(5_000_000, 0));

        assertThat(network().uplink(0)).isEqualTo(20_000_000);
        assertThat(network().maxChildren(0)).isEqualTo(2);
        assertThat(network().uplink(2)).as("nothing was measured").isEqualTo(5_000_000);
        assertThat(network().maxChildren(2)).isZero();
        assertThat(network().maxChildren(1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aTransferThatWasSlowForAnotherReasonLowersNoUplink() {
        copy("b", "a", 50_000_000);
        copy("c", "b", 40_000_000);
        copy("b", "c", 40_000_000);
        rate("a", "b", 5_000_000, 1);
        rate("b", "c", 5_000_000, 1);

        assertThat(network().uplink(1)).as("b was fed slowly itself").isEqualTo(40_000_000);
        assertThat(network().uplink(0))
                .as("the source is the limit, as b can take more")
                .isEqualTo(5_000_000);
    }

    @Test
    void aSlowChildLowersNoUplink() {
        copy("b", "a", 50_000_000);
        copy("c", "a", 2_000_000);
        rate("a", "c", 2_000_000, 1);

        assertThat(network().uplink(0)).isEqualTo(50_000_000);
        assertThat(network().downlink(2)).isEqualTo(2_000_000);
    }

    @Test
    void aLimitedLinkLowersNoUplink() {
        copy("b", "a", 50_000_000);
        rate("a", "b", 1_000_000, 1);

        assertThat(new Estimates(rows, rates, UNKNOWN, 1_000_000)
                        .network(cluster.all())
                        .uplink(0))
                .isEqualTo(50_000_000);
    }

    @Test
    void smoothsRatesAndLeavesOutWhatSaysNothing() {
        Rates smoothed = new Rates(new MemoryMeasurements());
        NodeId a = new NodeId("a");
        NodeId b = new NodeId("b");

        assertThat(smoothed.observe(a, b, 1000, 99_000_000, NOW)).isFalse();
        assertThat(smoothed.observe(a, b, 16 << 20, 0, NOW)).isFalse();
        assertThat(smoothed.observe(a, b, 16 << 20, 10_000_000, NOW)).isTrue();
        smoothed.observe(a, b, 16 << 20, 20_000_000, NOW.plusSeconds(1));
        assertThat(smoothed.all()).containsExactly(new RateRow(a, b, 15_000_000, NOW.plusSeconds(1)));
        smoothed.observe(a, b, 1 << 20, 5_000_000, NOW.plusSeconds(2));
        assertThat(smoothed.all().get(0).bytesPerSecond()).isEqualTo(14_500_000);
        smoothed.observe(a, b, 16 << 20, 1_000_000, NOW.plusSeconds(7200));
        assertThat(smoothed.all().get(0).bytesPerSecond()).isEqualTo(1_000_000);
    }

    @Test
    void bigClustersPredictWhatNobodyMeasuredAndKeepStrangersFar() {
        ClusterDouble big = new ClusterDouble();
        List<MeasurementRow> samples = new ArrayList<>();
        int size = 300;
        IntStream.range(0, size).forEach(i -> big.with("n" + (1000 + i)));
        List<NodeId> ids = big.all().stream().map(member -> member.id()).toList();
        MeasurePlan plan = MeasurePlans.requests(MeasureMode.PING, ids.subList(0, size - 1), ids);
        for (List<MeasureOrder> round : plan.rounds()) {
            for (MeasureOrder order : round) {
                for (NodeId peer : order.peers()) {
                    double millis = far(ids.indexOf(order.node()), ids.indexOf(peer));
                    samples.add(new MeasurementRow(order.node(), peer, MeasureMode.PING, millis, 0, 0, NOW));
                }
            }
        }

        Network network = new Estimates(samples, List.of(), UNKNOWN, 0).network(big.all());

        int unmeasured = IntStream.range(1, size)
                .filter(i -> !network.measured(0, i))
                .findFirst()
                .orElseThrow();
        assertThat(network.expectedRttMillis(0, unmeasured))
                .isCloseTo(far(0, unmeasured), within(0.5 * far(0, unmeasured)));
        assertThat(network.expectedRttMillis(0, size - 1))
                .as("nobody measured the last one")
                .isGreaterThan(300);
        big.close();
    }

    /** Three regions on a line. */
    private static double far(int a, int b) {
        return 5 + 40.0 * Math.abs(a % 3 - b % 3);
    }
}
