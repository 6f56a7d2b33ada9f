package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.measure.Measurements;
import io.espalier.replication.member.MeasuredWorld;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the measurement of a changed network to the order to a node that runs a transfer. */
@RequiresProgram("docker-registry")
@Timeout(90)
class NewTreeTest {
    private static final long BYTES_PER_SECOND = 1_000_000;
    private static final int IMAGE_BYTES = 3_900_000;
    /** Below the 20 s after which a node that gets nothing is helped in any case. */
    private static final Duration SOON = Duration.ofSeconds(12);

    @TempDir
    private Path folder;

    private final MeasuredWorld world = new MeasuredWorld(chain("ab", "bc"));
    private RegistryServer server;
    private RegistryClient registry;
    private ControllerRig rig;

    /** Those are near each other, all others far. */
    private static ToDoubleBiFunction<String, String> chain(String first, String second) {
        return (from, to) -> {
            String pair = from.compareTo(to) < 0 ? from + to : to + from;
            return pair.equals(first) || pair.equals(second) ? 10 : 3_000;
        };
    }

    @BeforeEach
    void start() throws Exception {
        server = RegistryServer.in(folder.resolve("registry")).start();
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri()));
        List.of("a", "b", "c").forEach(node -> world.bandwidth(node, BYTES_PER_SECOND, BYTES_PER_SECOND));
        rig = new ControllerRig(folder, world);
    }

    @AfterEach
    void stop() {
        rig.close();
        registry.close();
        server.close();
    }

    private void measure(MeasureMode mode) throws Exception {
        Measurements measurements = rig.controller().measurements();
        measurements.measure(measurements.preview(mode, 0)).get(20, TimeUnit.SECONDS);
    }

    private static TransferReport receiving(String transfer, long received, long rate, String parent) {
        return new TransferReport(
                transfer, TransferState.RECEIVING, IMAGE_BYTES, 0, received, 0, rate, parent, 0, "", 3_000);
    }

    private static <T extends MasterMessage> Optional<T> last(LinkedNode node, Class<T> kind) {
        return node.received().stream().filter(kind::isInstance).map(kind::cast).reduce((first, second) -> second);
    }

    private static String parent(Route route) {
        return route.branches().get(0).sources().get(0).node().value();
    }

    @Test
    void aNodeThatLagsIsMovedWhenAMeasurementShowsABetterTree() throws Exception {
        rig.join("a");
        LinkedNode b = rig.join("b");
        LinkedNode c = rig.join("c");
        measure(MeasureMode.PING);
        measure(MeasureMode.COPY);
        rig.controller().useRegistry(registry);
        ImagePusher.to(server.uri()).push(SampleImages.oci(1, IMAGE_BYTES), "shop/web", "v1");
        rig.controller().imageConsole().push(List.of("shop/web:v1"));
        Assign assign = await("the order to c")
                .atMost(SOON)
                .until(() -> last(c, Assign.class), Optional::isPresent)
                .orElseThrow();
        assertThat(parent(assign.route())).isEqualTo("b");
        assertThat(assign.route().branches().get(0).expectedBytesPerSecond())
                .as("without it nobody lags")
                .isPositive();
        String id = assign.transfer().id();
        b.report(receiving(id, IMAGE_BYTES - 100_000, BYTES_PER_SECOND, "a"));
        c.report(receiving(id, 100_000, 10_000, "b"));
        assertThat(last(c, Reroute.class)).isEmpty();

        world.millis(chain("ac", "bc"));
        measure(MeasureMode.PING);

        Reroute reroute = await("another route for c")
                .atMost(SOON)
                .until(
                        () -> {
                            c.report(receiving(id, 100_000 + System.nanoTime() % 1_000, 10_000, "b"));
                            return last(c, Reroute.class);
                        },
                        Optional::isPresent)
                .orElseThrow();
        assertThat(reroute.transfer()).isEqualTo(id);
        assertThat(parent(reroute.route())).isEqualTo("a");
    }
}
