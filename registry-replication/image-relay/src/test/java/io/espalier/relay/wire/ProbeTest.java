package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import io.espalier.relay.probe.Prober;
import io.espalier.relay.protocol.MasterMessage.Measure;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeMessage.Measured;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.PeerSample;
import io.espalier.testkit.link.LinkEmulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProbeTest {
    private final TestCluster cluster = new TestCluster();
    private TestNode measured;
    private TestNode measuring;
    private LinkEmulator link;
    private Prober prober;

    ProbeTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        measured = TestNode.start(cluster.issue("far"), new MemorySource(), 0);
        measuring = TestNode.start(cluster.issue("near"), new MemorySource(), 0);
        link = LinkEmulator.to(measured.door.port());
        prober = new Prober(
                new VertxProbeOpener(measuring.door.vertx(), measuring.sockets),
                Duration.ofMillis(1500),
                Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        link.close();
        measuring.close();
        measured.close();
    }

    private PeerSample one(MeasureMode mode, int rounds, long bytes) {
        Measured answer = prober.measure(
                new Measure("m", mode, List.of(measured.address(link.port())), List.of(), rounds, bytes));
        assertThat(answer.measurement()).isEqualTo("m");
        assertThat(answer.samples()).hasSize(1);
        assertThat(answer.samples().get(0).peer()).isEqualTo(measured.id);
        return answer.samples().get(0);
    }

    @Test
    void pingIsTheMedianOfTheRoundTrips() {
        link.toTarget().delay(Duration.ofMillis(30));
        link.toClient().delay(Duration.ofMillis(10));

        PeerSample sample = one(MeasureMode.PING, 9, 0);

        assertThat(sample.problem()).isEmpty();
        assertThat(sample.millis()).isBetween(40.0, 50.0);
        assertThat(sample.jitterMillis()).isBetween(0.0, 5.0);
        assertThat(sample.bytesPerSecond()).isZero();
    }

    @Test
    void copyTellsTheRateOfTheLink() {
        long rate = 4_000_000;
        link.toClient().rate(rate);
        link.toClient().delay(Duration.ofMillis(20));

        PeerSample sample = one(MeasureMode.COPY, 1, 8_000_000);

        assertThat(sample.problem()).isEmpty();
        assertThat((double) sample.bytesPerSecond()).isCloseTo((double) rate, within((double) rate * 0.12));
        assertThat(sample.millis()).isBetween(1_800.0, 2_500.0);
    }

    @Test
    void aCopyBeyondTheLimitOfThePeerIsItsProblem() {
        PeerSample sample = one(MeasureMode.COPY, 1, ProbeDoor.MAX_COPY_BYTES + 1);

        assertThat(sample.millis()).isNaN();
        assertThat(sample.problem()).contains("refused").contains("at most");
    }

    @Test
    void aPeerThatDoesNotAnswerDoesNotKeepTheOthersFromBeingMeasured() {
        link.refuse();

        Measured answer = prober.measure(new Measure(
                "m", MeasureMode.PING, List.of(measured.address(link.port()), measured.address()), List.of(), 3, 0));

        assertThat(answer.samples().get(0).problem()).contains("far@127.0.0.1");
        assertThat(answer.samples().get(0).millis()).isNaN();
        assertThat(answer.samples().get(1).problem()).isEmpty();
        assertThat(answer.samples().get(1).millis()).isPositive();
    }

    @Test
    void aPeerThatFallsSilentIsGivenUpInTime() {
        link.toClient().rate(100_000);
        Prober impatient = new Prober(
                new VertxProbeOpener(measuring.door.vertx(), measuring.sockets),
                Duration.ofSeconds(1),
                Duration.ofMillis(700));
        long begin = System.nanoTime();

        Measured answer = impatient.measure(
                new Measure("m", MeasureMode.COPY, List.of(measured.address(link.port())), List.of(), 1, 10_000_000));

        assertThat(answer.samples().get(0).problem()).contains("within 700 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aRegistryIsTimedOnOneConnectionWhateverItAnswers() throws Exception {
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/v2/", exchange -> {
            ports.add(exchange.getRemoteAddress().getPort());
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        registry.start();
        try (LinkEmulator slow = LinkEmulator.to(registry.getAddress().getPort())) {
            slow.toTarget().delay(Duration.ofMillis(25));
            PeerAddress peer = measured.address();

            Measured answer = prober.measure(new Measure(
                    "m",
                    MeasureMode.REGISTRY,
                    List.of(peer, peer),
                    List.of("http://127.0.0.1:" + slow.port(), ""),
                    5,
                    0));

            assertThat(answer.samples().get(0).millis()).isBetween(25.0, 45.0);
            assertThat(answer.samples().get(1).problem()).contains("not known");
            assertThat(ports).hasSize(1);
        } finally {
            registry.stop(0);
        }
    }
}
