package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes that pass chunks on: what an engine offers to children must come through the node's own door. */
@RequiresProgram("docker-registry")
@Timeout(120)
class RelayFeedsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int CHUNK = Transfer.MIN_CHUNK_BYTES;
    private static final SampleImage IMAGE = SampleImages.oci(7, 900_000, 40_000);
    private static final Transfer TRANSFER = new Transfer(
            "t1",
            "team/app",
            IMAGE.blobs().stream()
                    .map(blob -> new BlobPart(blob.digest(), blob.size(), List.of()))
                    .toList(),
            IMAGE.withChildren().stream()
                    .map(part -> new ManifestPart(part.digest(), part.mediaType(), part.manifest()))
                    .toList(),
            List.of(),
            CHUNK,
            5,
            0);

    @TempDir
    private Path folder;

    private final RecordingAuthority authority = new RecordingAuthority();
    private final Map<String, RegistryServer> registries = new LinkedHashMap<>();
    private final Map<String, RelayNode> nodes = new LinkedHashMap<>();

    RelayFeedsTest() throws Exception {}

    @AfterEach
    void close() {
        nodes.values().forEach(RelayNode::close);
        registries.values().forEach(RegistryServer::close);
    }

    @Test
    void aParentWhoseDiskRotsHearsItsChildsComplaint() throws Exception {
        start("a", "b", "c");
        assign("b", "a");
        awaitDone("b");
        rot("b");

        assign("c", "b");

        awaitDone("c");
        assertThat(report("c").orElseThrow().bytesReceived()).isEqualTo(TRANSFER.bytes());
    }

    @Test
    void twoOrphansThatNameEachOtherDoNotWaitForEachOther() throws Exception {
        start("a", "b", "c");

        assign("b", "c", "a");
        assign("c", "b", "a");

        awaitDone("b");
        awaitDone("c");
        assertThat(report("b").orElseThrow().millis())
                .as("one that waits in vain moves on after 10 s")
                .isLessThan(8_000);
        assertThat(report("c").orElseThrow().millis()).isLessThan(8_000);
    }

    @Test
    void orphansThatNameEachOtherInACircleDoNotWaitForEachOther() throws Exception {
        start("a", "b", "c", "d");

        assign("b", "c", "a");
        assign("c", "d", "a");
        assign("d", "b", "a");

        for (String name : List.of("b", "c", "d")) {
            awaitDone(name);
            assertThat(report(name).orElseThrow().millis())
                    .as("one that waits in vain moves on after 10 s")
                    .isLessThan(9_000);
        }
    }

    @Test
    void twoNodesAreEachOthersParentsInDifferentStripes() throws Exception {
        start("a", "b", "c");

        assign("b", new Route(List.of(branch("a"), branch("c", "a"))));
        assign("c", new Route(List.of(branch("b", "a"), branch("a"))));

        for (String name : List.of("b", "c")) {
            awaitDone(name);
            TransferReport done = report(name).orElseThrow();
            long first = bytes(new Stripe(0, 2));
            String other = name.equals("b") ? "c" : "b";
            assertThat(done.bytesFrom())
                    .isEqualTo(Map.of(
                            "a",
                            name.equals("b") ? first : TRANSFER.bytes() - first,
                            other,
                            name.equals("b") ? TRANSFER.bytes() - first : first));
            assertThat(done.bytesTwice()).isZero();
        }
    }

    private static long bytes(Stripe stripe) {
        long bytes = 0;
        for (BlobPart blob : TRANSFER.blobs()) {
            for (int chunk = 0; (long) chunk * CHUNK < blob.size(); chunk++) {
                if (stripe.has(blob.digest(), chunk)) {
                    bytes += Math.min(CHUNK, blob.size() - (long) chunk * CHUNK);
                }
            }
        }
        return bytes;
    }

    /** The first one is the master, and the root. */
    private void start(String... names) throws Exception {
        for (String name : names) {
            RegistryServer registry =
                    RegistryServer.in(folder.resolve(name + "-registry")).start();
            registries.put(name, registry);
            boolean first = name.equals(names[0]);
            nodes.put(
                    name,
                    RelayNode.start(
                            settings(name, first ? 0 : node(names[0]).port()),
                            () -> first ? Optional.of(authority) : Optional.empty(),
                            Clock.systemUTC()));
            await(name + " says hello").atMost(LIMIT).until(() -> authority.links.containsKey(new NodeId(name)));
        }
        ImagePusher.to(registry(names[0]).uri()).pushUntagged(IMAGE, TRANSFER.repository());
        authority.send(new NodeId(names[0]), new Assign(TRANSFER, Route.root()));
        for (String name : names) {
            for (SampleBlob blob : IMAGE.blobs()) {
                authority.send(new NodeId(name), new Hashes(blob.digest(), CHUNK, 0, hashes(blob.bytes())));
            }
        }
    }

    private RelaySettings settings(String name, int master) throws Exception {
        return new RelaySettings(
                new NodeId(name),
                "localhost",
                "127.0.0.1",
                0,
                master == 0 ? Optional.empty() : Optional.of(new MasterAddress("localhost", master, false)),
                master == 0 ? Optional.empty() : Optional.of(authority.token()),
                "",
                RegistryEndpoint.allowingPlainHttp(registry(name).uri()),
                folder.resolve(name),
                64 << 20,
                NodeCapacity.NONE,
                false,
                "1.2.3",
                Optional.empty());
    }

    private RelayNode node(String name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    private RegistryServer registry(String name) {
        return Optional.ofNullable(registries.get(name)).orElseThrow();
    }

    private void assign(String name, String... sources) {
        assign(name, new Route(List.of(branch(sources))));
    }

    private void assign(String name, Route route) {
        authority.send(new NodeId(name), new Assign(TRANSFER, route));
    }

    private Branch branch(String... sources) {
        return new Branch(
                Arrays.stream(sources)
                        .map(source -> new PeerAddress(
                                new NodeId(source), "localhost", node(source).port()))
                        .toList(),
                0);
    }

    private Optional<TransferReport> report(String name) {
        return node(name).status().transfers().stream().findFirst();
    }

    private void awaitDone(String name) {
        await(name + " is done").atMost(LIMIT).untilAsserted(() -> assertThat(report(name))
                .hasValueSatisfying(
                        seen -> assertThat(seen.state()).as("%s", seen).isEqualTo(TransferState.DONE)));
    }

    private void rot(String name) throws Exception {
        Path file;
        try (var files = Files.list(folder.resolve(name).resolve("spool"))) {
            file = files.filter(path ->
                            path.toString().contains(IMAGE.layers().get(0).hex())
                                    && path.toString().endsWith(".blob"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] rotten = Files.readAllBytes(file);
        rotten[3 * CHUNK] ^= 1;
        Files.write(file, rotten, StandardOpenOption.WRITE);
    }

    private static byte[] hashes(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int at = 0; at < bytes.length; at += CHUNK) {
            sha256.update(bytes, at, Math.min(CHUNK, bytes.length - at));
            out.writeBytes(sha256.digest());
        }
        return out.toByteArray();
    }
}
