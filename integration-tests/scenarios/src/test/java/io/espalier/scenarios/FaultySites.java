package io.espalier.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.testkit.files.SmallDisk;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryPlan;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.Skopeo;
import io.espalier.testkit.registry.TestAuthority;
import io.espalier.testkit.registry.TokenServer;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * A master (site 0) and three nodes whose relays reach each other through links that can fail: each site has a loopback address of
 * its own, where a link listens in front of the relay. Uplinks are slow, so that a transfer has a middle. Site 1's registry and data
 * are on small disks, and its registry wants tokens of a few seconds; site 2's registry wants a password; site 3's has its
 * certificate from a private authority.
 */
final class FaultySites implements AutoCloseable {
    static final int MASTER = 0;
    static final List<Integer> NODES = List.of(1, 2, 3);
    static final String USER = "relay";
    static final String PASSWORD = "correct-horse-41";
    static final long UPLINK = 4_000_000;
    private static final long REGISTRY_BYTES = 400L << 20;
    private static final long DATA_BYTES = 200L << 20;
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration LOOK = Duration.ofMillis(100);

    final SmallDisk registryDisk = SmallDisk.mount(REGISTRY_BYTES);
    final SmallDisk dataDisk = SmallDisk.mount(DATA_BYTES);
    final TestAuthority authority = TestAuthority.named("scenario registries");
    final TokenServer tokens = TokenServer.start();
    final List<LinkEmulator> links = new ArrayList<>();
    final RelayCluster cluster;
    private final ControllerDoor door;
    private final String joinToken;

    FaultySites(Path folder) throws IOException {
        Path authorityFile = authority.writeTo(folder.resolve("registry-ca.pem"));
        tokens.life(Duration.ofSeconds(3));
        List<RegistryPlan> registries = List.of(
                RegistryServer.in(folder.resolve("registry-0")),
                RegistryServer.in(registryDisk.folder().resolve("registry-1")).withTokens(tokens),
                RegistryServer.in(folder.resolve("registry-2")).withUser(USER, PASSWORD),
                RegistryServer.in(folder.resolve("registry-3")).withTls(authority));
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site < registries.size(); site++) {
            int port = LoopbackPorts.free();
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 77, (byte) (10 + site)});
            String host = address.getHostAddress();
            links.add(LinkEmulator.between(
                    new InetSocketAddress(address, port),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    1L << 20));
            RelaySite made = new RelaySite(
                    "site-" + site, host, port, LoopbackPorts.free(), registries.get(site), Map.of(), List.of());
            sites.add(made.with("bind", "127.0.0.1").with("uplink-bytes-per-second", UPLINK));
        }
        sites.set(2, sites.get(2).with("registry-user", USER).with("registry-password", PASSWORD));
        sites.set(
                3,
                sites.get(3)
                        .with(
                                "registry-url",
                                "https://127.0.0.1:" + registries.get(3).port())
                        .with("registry-ca-file", authorityFile.toString()));
        cluster = RelayCluster.prepare(sites, LoopbackPorts.free(), KernelHome.built(), folder.resolve("kernels"));
        door = new ControllerDoor(cluster.controllerPort());
        Files.createSymbolicLink(cluster.home(1).data(), dataDisk.folder());
        cluster.startMaster(Map.of(
                "default-uplink-bytes-per-second",
                UPLINK,
                "poll-seconds",
                3600,
                "priorities",
                List.of("priority/high=9", "priority/low=1")));
        joinToken = cluster.joinToken();
        NODES.forEach(site -> cluster.join(site, joinToken));
        cluster.awaitConnected();
    }

    String joinToken() {
        return joinToken;
    }

    ImagePusher master() {
        return ImagePusher.to(cluster.registry(MASTER).uri());
    }

    /** An image's name at a site's registry, for skopeo. */
    String at(int site, String repository, String tag) {
        return "docker://" + cluster.registry(site).host() + "/" + repository + ":" + tag;
    }

    /** skopeo with what a site's registry wants. */
    Skopeo skopeo(int site) {
        return site == 2 ? Skopeo.plain().fromAs(USER, PASSWORD) : Skopeo.plain();
    }

    /** Where a site's registry keeps a blob. */
    Path blobFile(int site, SampleBlob blob) {
        String hex = blob.hex();
        return cluster.registry(site)
                .storage()
                .resolve("docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
    }

    /** Waits until a site reports the image as done, and looks whether its registry has it. */
    void awaitThere(int site, SampleImage image, String repository, String tag) {
        awaitThere(site, image, repository, tag, SOON);
    }

    void awaitThere(int site, SampleImage image, String repository, String tag, Duration limit) {
        door.await("site-" + site, repository, tag, "done", limit, node -> node.path("state")
                .asText()
                .equals("done"));
        String found = skopeo(site).digest(at(site, repository, tag));
        if (!found.equals(image.digest())) {
            throw new AssertionError(repository + ":" + tag + " is reported as done at site " + site + " but it is "
                    + found + " there and not " + image.digest() + ".");
        }
    }

    void awaitThere(List<Integer> sites, SampleImage image, String repository, String tag) {
        sites.forEach(site -> awaitThere(site, image, repository, tag));
    }

    /** Waits until a site has received this part of the image. */
    void awaitReceived(int site, String repository, String tag, long bytes) {
        await(
                site,
                repository,
                tag,
                bytes + " bytes",
                node -> node.path("bytesReceived").asLong() >= bytes);
    }

    /** Waits until a site reports a problem with these words, and returns the sentence. */
    String awaitProblem(int site, String repository, String tag, String words) {
        return await(site, repository, tag, "the problem '" + words + "'", node -> node.path("problem")
                        .asText()
                        .contains(words))
                .path("problem")
                .asText();
    }

    /** Waits until a node that is not the master gives the image to another; answers with it. */
    int awaitInterior(String repository, String tag) {
        return Awaitility.await("a node between the master and another for " + repository)
                .atMost(SOON)
                .pollInterval(LOOK)
                .until(() -> interior(repository, tag), site -> site > 0);
    }

    private int interior(String repository, String tag) {
        for (JsonNode node : door.transfer(repository, tag).path("nodes")) {
            String parent = node.path("parent").asText();
            if (!parent.isEmpty() && !parent.equals("site-0")) {
                return Integer.parseInt(parent.substring("site-".length()));
            }
        }
        return -1;
    }

    private JsonNode await(int site, String repository, String tag, String what, Predicate<JsonNode> good) {
        return door.await("site-" + site, repository, tag, what, SOON, good);
    }

    /** What the master knows of an image at a site. */
    JsonNode node(int site, String repository, String tag) {
        return door.node("site-" + site, repository, tag);
    }

    /** What the controller's door answers. */
    String get(String path) throws IOException {
        return door.get(path).text();
    }

    @Override
    public void close() {
        cluster.close();
        links.forEach(LinkEmulator::close);
        tokens.close();
        dataDisk.close();
        registryDisk.close();
    }
}
