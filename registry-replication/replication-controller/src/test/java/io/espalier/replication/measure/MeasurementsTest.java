package io.espalier.replication.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerSample;
import io.espalier.replication.member.ClusterDouble;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MemoryMeasurements;
import io.espalier.tree.network.Network;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeasurementsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final MeasureSettings QUICK =
            MeasureSettings.DEFAULT.withPatience(Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofMillis(1));

    private final ClusterDouble cluster = new ClusterDouble();
    private final MemoryMeasurements store = new MemoryMeasurements();
    private final MeasuredWorld world = new MeasuredWorld((from, to) -> 10 * from.charAt(0) + to.charAt(0));
    private Measurements measurements = Measurements.start(QUICK, cluster, store, Clock.systemUTC());

    @AfterEach
    void stop() {
        measurements.close();
        cluster.close();
    }

    private void restart(MeasureSettings settings) {
        measurements.close();
        measurements = Measurements.start(settings, cluster, store, Clock.systemUTC());
    }

    private MeasureReport measure(MeasureMode mode) throws Exception {
        return measurements.measure(measurements.preview(mode, 0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void measuresAllPairsAndKeepsThemOverARestart() throws Exception {
        cluster.with("a", "b", "c").answering(world);

        MeasureReport report = measure(MeasureMode.PING);
        restart(QUICK);

        assertThat(report.sentence()).isEqualTo("Measured 6 of 6 pairs by ping.");
        assertThat(measurements.measured()).hasSize(6);
        Network network = measurements.estimates().network(cluster.all());
        assertThat(network.rttMillis(0, 1)).isEqualTo(10 * 'a' + 'b');
        assertThat(network.rttMillis(1, 0)).isEqualTo(10 * 'b' + 'a');
        assertThat(network.jitterMillis(2, 1)).isEqualTo(0.5);
    }

    @Test
    void tellsTheRegistriesWhenTheyAreToBeMeasuredAndUsesThatWhereNobodyPinged() throws Exception {
        cluster.with("a", "b").answering(world);

        measure(MeasureMode.REGISTRY);

        MasterMessage.Measure order =
                (MasterMessage.Measure) cluster.sent().get(0).message();
        assertThat(order.registries()).containsExactly("http://b.example:5000");
        assertThat(order.rounds()).isEqualTo(7);
        assertThat(measurements.estimates().network(cluster.all()).rttMillis(0, 1))
                .isEqualTo(10 * 'a' + 'b');
    }

    @Test
    void aSilentNodeIsNotWaitedForForEver() throws Exception {
        cluster.with("a", "b", "c")
                .answering((node, message) -> node.value().equals("b") ? null : world.apply(node, message));

        MeasureReport report = measure(MeasureMode.PING);

        assertThat(report.measured()).isEqualTo(4);
        assertThat(report.sentence()).contains("-b was not answered within");
        assertThat(measurements.latest()).contains(report);
    }

    @Test
    void aNodeThatLeavesMeanwhileIsNotWaitedFor() throws Exception {
        restart(MeasureSettings.DEFAULT);
        cluster.with("a", "b").answering((node, message) -> {
            if (node.value().equals("b")) {
                cluster.leave("b");
                return null;
            }
            return world.apply(node, message);
        });

        assertThat(measure(MeasureMode.PING).measured()).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsLeftOutAndNamed() throws Exception {
        cluster.with("a", "b", "c").answering((node, message) -> {
            MasterMessage.Measure order = (MasterMessage.Measure) message;
            return new NodeMessage.Measured(
                    order.measurement(),
                    MeasureMode.PING,
                    node.value().equals("a")
                            ? List.of(
                                    new PeerSample(new NodeId("b"), -1, 0, 0, ""),
                                    new PeerSample(new NodeId("z"), 1, 0, 0, ""),
                                    new PeerSample(new NodeId("c"), Double.NaN, 0, 0, "connection refused"))
                            : List.of());
        });

        MeasureReport report = measure(MeasureMode.PING);

        assertThat(report.measured()).isZero();
        assertThat(measurements.measured()).isEmpty();
        assertThat(report.sentence())
                .contains("a measured -1.0 ms and 0 bytes/s towards b, which cannot be.")
                .contains("a measured z without being asked to.")
                .contains("a could not measure c: connection refused");
    }

    @Test
    void anAnswerThatNobodyAskedForChangesNothing() {
        cluster.with("a", "b");

        cluster.say(
                "a",
                new NodeMessage.Measured(
                        "m1-1-a", MeasureMode.PING, List.of(new PeerSample(new NodeId("b"), 1, 0, 0, ""))));

        assertThat(measurements.measured()).isEmpty();
    }

    @Test
    void aNodeThatJoinsIsMeasuredByItself() {
        cluster.with("a", "b").answering(world);

        cluster.connect("c");

        await("c has measured a and b").atMost(LIMIT).untilAsserted(() -> assertThat(measurements.measured())
                .extracting(row -> row.from() + ">" + row.to())
                .containsExactlyInAnyOrder("c>a", "c>b"));
    }

    @Test
    void aNodeThatComesBackIsMeasuredAgainOnlyFromAnotherAddress() throws Exception {
        cluster.with("a", "b").answering(world);
        measure(MeasureMode.PING);
        restart(QUICK);
        int before = cluster.sent().size();

        cluster.connect("b");
        assertThat(measure(MeasureMode.PING).asked())
                .as("comes after what the joining brings")
                .isEqualTo(2);
        assertThat(cluster.sent()).hasSize(before + 2);

        cluster.connect("b", "192.0.2.1");
        await("b has measured again").atMost(LIMIT).until(() -> cluster.sent().size() == before + 3);
    }

    @Test
    void verifiesAnEdgeOfAPlanOnce() {
        cluster.with("a", "b").answering(world);

        measurements.verify(Map.of(new NodeId("b"), List.of(new NodeId("a"))));
        measurements.verify(Map.of(new NodeId("b"), List.of(new NodeId("a"))));

        await("b has measured a")
                .atMost(LIMIT)
                .until(() -> measurements.measured().size() == 1);
        assertThat(cluster.sent()).hasSize(1);
    }

    @Test
    void measuresAgainFromTimeToTime() {
        cluster.with("a", "b").answering(world);
        AtomicInteger heard = new AtomicInteger();

        restart(QUICK.withEvery(Duration.ofMillis(20)));
        measurements.whenChanged(heard::incrementAndGet);

        await("two measurements").atMost(LIMIT).until(() -> heard.get() >= 2);
    }

    @Test
    void noNodeTakesPartInTwoCopiesAtATimeEvenWhenOneNeverEnds() throws Exception {
        Set<String> busy = ConcurrentHashMap.newKeySet();
        List<MasterMessage> overlapping = new CopyOnWriteArrayList<>();
        cluster.with("a", "b", "c", "d", "e").answering((node, message) -> {
            MasterMessage.Measure order = (MasterMessage.Measure) message;
            String peer = order.peers().get(0).node().value();
            if (order.peers().size() != 1 || busy.contains(node.value()) || busy.contains(peer)) {
                overlapping.add(order);
            }
            if (node.value().equals("a") && peer.equals("b")) {
                busy.addAll(Set.of("a", "b"));
                return null;
            }
            return world.apply(node, message);
        });
        restart(MeasureSettings.DEFAULT.withPatience(
                Duration.ofMillis(1), Duration.ofMillis(300), Duration.ofMillis(1)));
        MeasurePlan plan = measurements.preview(MeasureMode.COPY, 64 << 10);

        MeasureReport report = measurements.measure(plan).get(30, TimeUnit.SECONDS);

        assertThat(plan.pairs()).isEqualTo(20);
        assertThat(overlapping).isEmpty();
        assertThat(report.sentence()).contains("is left out, since an earlier one of theirs has not ended.");
        assertThat(measurements.measured())
                .as("pairs without a and b")
                .filteredOn(row -> !Set.of("a", "b").contains(row.from().value())
                        && !Set.of("a", "b").contains(row.to().value()))
                .hasSize(6);
    }

    @Test
    void refusesMoreMeasurementsThanItKeepsWaiting() {
        CountDownLatch held = new CountDownLatch(1);
        cluster.with("a", "b").answering((node, message) -> {
            try {
                held.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return null;
        });
        restart(MeasureSettings.DEFAULT);
        MeasurePlan plan = measurements.preview(MeasureMode.PING, 0);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        CompletableFuture<MeasureReport> ignored = measurements.measure(plan);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("measurements wait already; try again when they are done.");
        held.countDown();
    }

    @Test
    void closingEndsAMeasurementUnderWay() {
        cluster.with("a", "b");
        restart(MeasureSettings.DEFAULT);
        CompletableFuture<MeasureReport> running = measurements.measure(measurements.preview(MeasureMode.PING, 0));
        await("the order is out").atMost(LIMIT).until(() -> !cluster.sent().isEmpty());

        measurements.close();

        assertThat(running).isDone();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("replication-measure");
    }

    @Test
    void goesOnInMemoryWhileTheDatabaseIsAwayAndStoresItLater() throws Exception {
        cluster.with("a", "b").answering(world);
        store.fail(true);
        assertThat(measure(MeasureMode.PING).measured()).isEqualTo(2);
        assertThat(measurements.measured()).hasSize(2);
        assertThat(store.measurements()).isEmpty();

        store.fail(false);
        measurements.close();

        assertThat(store.measurements()).hasSize(2);
    }

    @Test
    void aRemovedNodeLeavesNothing() throws Exception {
        cluster.with("a", "b", "c").answering(world);
        measure(MeasureMode.PING);
        cluster.say("b", new NodeMessage.Observed(new NodeId("a"), 1 << 24, 5_000_000));

        cluster.remove("b");

        assertThat(measurements.measured())
                .extracting(MeasurementRow::from)
                .containsExactlyInAnyOrder(new NodeId("a"), new NodeId("c"));
        assertThat(measurements.rates()).isEmpty();
    }
}
