package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A master and four nodes that are all equally far from each other, with equal slow uplinks, as over a satellite: one tree would be a
 * chain, so the planner splits images into stripes. All pairs are {@link #ROUND_TRIP} apart once the kernels have joined.
 */
@Tag("scenario")
@RequiresProgram("docker-registry")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StripesScenarioTest {
    private static final int MASTER = 0;
    private static final List<Integer> NODES = List.of(1, 2, 3, 4);
    private static final Duration ROUND_TRIP = Duration.ofMillis(500);
    private static final long UPLINK = 6_000_000;
    /** More than what is under way in one direction. */
    private static final long LINK_BYTES = 8L << 20;

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration MEASURE_LIMIT = Duration.ofMinutes(2);
    private static final String SIZE = "36MB";

    @TempDir
    private static Path folder;

    private final List<LinkEmulator> links = new ArrayList<>();
    private RelayCluster cluster;
    private ControllerDoor door;

    @BeforeAll
    void start() throws UnknownHostException {
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site <= NODES.size(); site++) {
            int port = LoopbackPorts.free();
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 78, (byte) (10 + site)});
            links.add(LinkEmulator.between(
                    new InetSocketAddress(address, port),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    LINK_BYTES));
            RelaySite made = new RelaySite(
                    "site-" + site,
                    address.getHostAddress(),
                    port,
                    LoopbackPorts.free(),
                    RegistryServer.in(folder.resolve("registry-" + site)),
                    Map.of("bind", "127.0.0.1"),
                    List.of());
            sites.add(made.with("uplink-bytes-per-second", UPLINK));
        }
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        door = new ControllerDoor(cluster.controllerPort());
        cluster.start(Map.of("default-uplink-bytes-per-second", UPLINK, "chunk-bytes", 65_536));
        for (LinkEmulator link : links) {
            link.toClient().delay(ROUND_TRIP.dividedBy(2));
            link.toTarget().delay(ROUND_TRIP.dividedBy(2));
        }
        assertThat(cluster.onMaster("tree:measure", MEASURE_LIMIT)).contains("Measured 20 of 20 pairs");
    }

    @AfterAll
    void stop() {
        cluster.close();
        links.forEach(LinkEmulator::close);
    }

    @Test
    @Order(1)
    void theMasterPlansStripesAndAnImageComesWholeThroughAllOfThem() {
        JsonNode plan = door.look("/v1/tree?size=" + SIZE);
        int stripes = plan.path("stripes").asInt();
        assertThat(stripes).as(cluster.onMaster("tree:plan --size " + SIZE)).isGreaterThan(1);
        assertThat(plan.path("predictedSeconds").asDouble())
                .isLessThan(door.look("/v1/tree?stripes=1&size=" + SIZE)
                        .path("predictedSeconds")
                        .asDouble());
        assertThat(cluster.onMaster("tree:show --size " + SIZE)).contains("in " + stripes + " stripes");

        SampleImage image = SampleImages.oci(500, 20_000_000, 16_000_000);
        long[] before =
                links.stream().mapToLong(link -> link.toClient().bytes()).toArray();
        push(image, "whole/app");
        for (int site : NODES) {
            door.await(
                    "site-" + site,
                    "whole/app",
                    "v1",
                    "several parents",
                    SOON,
                    node -> node.path("parents").size() > 1);
        }

        NODES.forEach(site -> awaitThere(site, image, "whole/app"));
        long[] sent = links.stream().mapToLong(link -> link.toClient().bytes()).toArray();
        Arrays.setAll(sent, site -> sent[site] - before[site]);
        String what = "bytes sent by each site, " + Arrays.toString(sent) + "; planned: " + plan + "; planned now: "
                + door.look("/v1/tree?size=" + SIZE);
        assertThat(NODES.stream().filter(site -> sent[site] > image.totalBytes() / stripes / 2))
                .as(what)
                .hasSizeGreaterThan(1);
        assertThat(sent[MASTER])
                .as(what)
                .isGreaterThan(image.totalBytes())
                .isLessThan(image.totalBytes() * NODES.size() * 3 / 4);
        assertThat(cluster.onMaster("image:verify whole/app:v1 --deep")).contains("right at 5 of 5");
    }

    @Test
    @Order(2)
    void whenANodeThatPassesAStripeOnIsKilledTheOthersGetItAllAndItGoesOnAfterItsRestart() {
        JsonNode plan = door.look("/v1/tree?size=" + SIZE);
        SampleImage image = SampleImages.oci(501, 20_000_000, 16_000_000);
        push(image, "killed/app");
        int killed = number(senders(plan).iterator().next());
        door.await(
                "site-" + killed,
                "killed/app",
                "v1",
                "a third of its bytes",
                SOON,
                node -> node.path("bytesReceived").asLong() > image.totalBytes() / 3);
        assertThat(fed(killed, "killed/app"))
                .as("nodes that get a stripe from site-" + killed + " when it is killed")
                .isNotEmpty();
        cluster.killKernel(killed);

        NODES.stream().filter(site -> site != killed).forEach(site -> awaitThere(site, image, "killed/app"));
        assertThat(ImagePusher.to(cluster.registry(killed).uri()).digestOf("killed/app", "v1"))
                .isEmpty();

        cluster.startKernel(killed);
        awaitThere(killed, image, "killed/app");
        cluster.awaitConnected();
        assertThat(cluster.onMaster("image:verify killed/app:v1")).contains("right at 5 of 5");
    }

    private void push(SampleImage image, String repository) {
        ImagePusher.to(cluster.registry(MASTER).uri()).push(image, repository, "v1");
    }

    /** Nodes but the master that have children in a tree; each of them in one tree alone. */
    private static Set<String> senders(JsonNode plan) {
        Map<String, Set<Integer>> stripes = new TreeMap<>();
        for (JsonNode edge : plan.path("edges")) {
            stripes.computeIfAbsent(edge.path("parent").asText(), parent -> new HashSet<>())
                    .add(edge.path("stripe").asInt());
        }
        stripes.remove("site-" + MASTER);
        assertThat(stripes).as("stripes that each node passes on").isNotEmpty().allSatisfy((node, ofNode) -> assertThat(
                        ofNode)
                .hasSize(1));
        return stripes.keySet();
    }

    private static int number(String node) {
        return Integer.parseInt(node.substring("site-".length()));
    }

    /** Who gets a part of the image from this site now. */
    private Set<String> fed(int site, String repository) {
        Set<String> children = new TreeSet<>();
        for (JsonNode node : door.transfer(repository, "v1").path("nodes")) {
            for (JsonNode parent : node.path("parents")) {
                if (parent.asText().equals("site-" + site)) {
                    children.add(node.path("node").asText());
                }
            }
        }
        return children;
    }

    /** Waits until the master knows that a site has the image, and reads all of it from the site's registry. */
    private void awaitThere(int site, SampleImage image, String repository) {
        door.await("site-" + site, repository, "v1", "done", SOON, node -> node.path("state")
                .asText()
                .equals("done"));
        ImagePusher registry = ImagePusher.to(cluster.registry(site).uri());
        assertThat(registry.digestOf(repository, "v1")).as("site " + site).isEqualTo(image.digest());
        for (SampleBlob blob : image.blobs()) {
            assertThat(registry.readBlob(repository, blob.digest()))
                    .as("a blob at site " + site)
                    .isEqualTo(blob.digest() + " " + blob.size());
        }
    }
}
