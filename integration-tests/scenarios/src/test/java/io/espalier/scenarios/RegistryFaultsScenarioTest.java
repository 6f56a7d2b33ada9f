package io.espalier.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between and beside registries, for real: processes killed, links cut, disks filled, passwords changed. */
@Tag("scenario")
@RequiresProgram("docker-registry")
@RequiresProgram("skopeo")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryFaultsScenarioTest {
    private static final int MASTER = FaultySites.MASTER;
    private static final List<Integer> NODES = FaultySites.NODES;
    private static final long LAYER = 4_000_000;
    /** Chunks that may be under way to a node when its source fails: some of each feed and what sockets and links hold. */
    private static final long IN_FLIGHT = 4L << 20;
    /** A transfer for which somebody must change something first looks again after a minute. */
    private static final Duration A_LONG_PAUSE = Duration.ofSeconds(90);

    @TempDir
    private static Path folder;

    private FaultySites sites;

    @BeforeAll
    void start() throws IOException {
        sites = new FaultySites(folder);
    }

    @AfterEach
    void heal() {
        sites.links.forEach(LinkEmulator::heal);
    }

    @AfterAll
    void stop() {
        sites.close();
    }

    @Test
    void theOthersFinishWhenAnInteriorNodeIsKilledAndItResumes() {
        SampleImage image = SampleImages.oci(1, LAYER, LAYER, LAYER, LAYER);
        sites.master().push(image, "killed/app", "v1");
        int interior = sites.awaitInterior("killed/app", "v1");
        sites.awaitReceived(interior, "killed/app", "v1", image.totalBytes() * 2 / 5);
        sites.cluster.killKernel(interior);

        List<Integer> others = NODES.stream().filter(site -> site != interior).toList();
        sites.awaitThere(others, image, "killed/app", "v1");
        others.forEach(site -> requireLittleTwice(site, "killed/app"));

        long before = sentToClients();
        sites.cluster.startKernel(interior);
        sites.awaitThere(interior, image, "killed/app", "v1");
        assertThat(sentToClients() - before)
                .as("bytes on all links after the restart")
                .isLessThan(image.totalBytes() * 4 / 5);
        sites.cluster.awaitConnected();
    }

    /** What all relays sent to those that connected to them. */
    private long sentToClients() {
        return sites.links.stream().mapToLong(link -> link.toClient().bytes()).sum();
    }

    private void requireLittleTwice(int site, String repository) {
        JsonNode node = sites.node(site, repository, "v1");
        assertThat(node.path("bytesTwice").asLong()).as(node::toString).isLessThanOrEqualTo(IN_FLIGHT);
    }

    @Test
    void aCutLinkResumesAtTheMissingChunks() {
        SampleImage image = SampleImages.oci(2, LAYER, LAYER);
        long before = sentToClients();
        sites.master().push(image, "cut/app", "v1");
        sites.awaitReceived(1, "cut/app", "v1", image.totalBytes() / 3);
        sites.links.forEach(LinkEmulator::cut);

        sites.awaitThere(NODES, image, "cut/app", "v1");
        NODES.forEach(site -> requireLittleTwice(site, "cut/app"));
        assertThat(sentToClients() - before).isLessThan(NODES.size() * (image.totalBytes() + IN_FLIGHT));
        sites.cluster.awaitConnected();
    }

    @Test
    void aFrozenLinkBeginsNoLayerAnew() {
        SampleImage image = SampleImages.oci(3, LAYER, LAYER);
        sites.master().push(image, "frozen/app", "v1");
        sites.awaitReceived(1, "frozen/app", "v1", image.totalBytes() / 3);
        LinkEmulator link = sites.links.get(MASTER);
        link.toClient().freeze();
        link.toTarget().freeze();
        CompletableFuture.delayedExecutor(5, SECONDS).execute(link::heal);

        sites.awaitThere(NODES, image, "frozen/app", "v1");
        NODES.forEach(site -> requireLittleTwice(site, "frozen/app"));
        sites.cluster.awaitConnected();
    }

    @Test
    void aRegistryThatIsKilledInMidUploadGetsTheImageAfterItsRestart() {
        SampleImage image = SampleImages.oci(4, LAYER, LAYER);
        sites.master().push(image, "registry/app", "v1");
        int interior = sites.awaitInterior("registry/app", "v1");
        sites.awaitReceived(interior, "registry/app", "v1", image.totalBytes() / 3);
        sites.cluster.registry(interior).kill();
        CompletableFuture<Void> restarted = CompletableFuture.runAsync(
                () -> sites.cluster.registry(interior).restart(), CompletableFuture.delayedExecutor(3, SECONDS));

        List<Integer> others = NODES.stream().filter(site -> site != interior).toList();
        sites.awaitThere(others, image, "registry/app", "v1");
        restarted.join();
        sites.awaitThere(interior, image, "registry/app", "v1");
        NODES.forEach(site -> requireLittleTwice(site, "registry/app"));
    }

    @Test
    void aLayerThatTheRegistryCollectedIsSentAgain() {
        SampleImage first = SampleImages.oci(5, 1_000_000);
        sites.master().push(first, "garbage/app", "v1");
        sites.awaitThere(NODES, first, "garbage/app", "v1");
        RegistryServer registry = sites.cluster.registry(3);
        assertThat(ImagePusher.to(registry.uri())
                        .trusting(sites.authority)
                        .request("DELETE", "/v2/garbage/app/manifests/" + first.digest(), Map.of())
                        .status())
                .isEqualTo(202);
        assertThat(registry.garbageCollect()).isNotEmpty();

        SampleImage second = SampleImages.index(first, SampleImages.ociFor("linux/arm64", 6, 200_000));
        sites.master().push(second, "garbage/app", "v2");
        sites.awaitThere(NODES, second, "garbage/app", "v2");
        sites.skopeo(3).copy(sites.at(3, "garbage/app", "v2"), "oci:" + folder.resolve("collected") + ":v2");
        assertThat(sites.cluster.onMaster("image:verify garbage/app:v2")).contains("right at 4 of 4");
    }

    @Test
    void aFullDiskOfARegistryIsReportedInItsWordsAndHeals() {
        SampleImage image = SampleImages.oci(7, LAYER);
        sites.registryDisk.fill();
        try {
            sites.master().push(image, "full/app", "v1");
            sites.awaitThere(List.of(2, 3), image, "full/app", "v1");
            sites.awaitProblem(1, "full/app", "v1", "no space left");
        } finally {
            sites.registryDisk.free();
        }
        sites.awaitThere(1, image, "full/app", "v1");
    }

    @Test
    void aFullDiskOfANodeIsReportedAndHeals() {
        SampleImage image = SampleImages.oci(8, LAYER);
        sites.dataDisk.fill();
        try {
            sites.master().push(image, "spool/app", "v1");
            sites.awaitThere(List.of(2, 3), image, "spool/app", "v1");
            sites.awaitProblem(1, "spool/app", "v1", "the disk is full");
        } finally {
            sites.dataDisk.free();
        }
        sites.awaitThere(1, image, "spool/app", "v1");
    }

    @Test
    void aLayerThatASiteLostAfterItWasDoneIsNamedByVerifyAndComesAgainByPush() throws IOException {
        SampleImage image = SampleImages.oci(18, 900_000);
        sites.master().push(image, "lost/app", "v1");
        sites.awaitThere(NODES, image, "lost/app", "v1");
        SampleBlob layer = image.layers().get(0);
        Files.delete(sites.blobFile(2, layer));

        assertThat(sites.cluster.home(0).exec("image:verify lost/app:v1").text())
                .contains("right at 3 of 4", layer.digest());
        assertThat(sites.node(2, "lost/app", "v1").path("state").asText()).isEqualTo("cancelled");
        sites.cluster.onMaster("image:push lost/app:v1");

        sites.awaitThere(2, image, "lost/app", "v1");
        sites.skopeo(2).copy(sites.at(2, "lost/app", "v1"), "oci:" + folder.resolve("lost") + ":v1");
        assertThat(sites.cluster.onMaster("image:verify lost/app:v1")).contains("right at 4 of 4");
    }

    @Test
    void aByteThatRotsInARegistrysFileIsNamedByADeepCheckAndMendedWhenTheFileIsDeleted() throws IOException {
        SampleImage image = SampleImages.oci(19, LAYER, 300_000);
        sites.master().push(image, "rotten/app", "v1");
        sites.awaitThere(NODES, image, "rotten/app", "v1");
        SampleBlob layer = image.layers().get(0);
        Path file = sites.blobFile(3, layer);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(sites.cluster.onMaster("image:verify rotten/app:v1"))
                .as("the quick check reads the last byte alone")
                .contains("right at 4 of 4");
        KernelHome.Answer found = sites.cluster.home(MASTER).exec("image:verify rotten/app:v1 --deep");
        assertThat(found.exit()).as(found.text()).isNotZero();
        assertThat(found.text())
                .contains("rotten/app:v1 is whole and right at 3 of 4", "It is sent again to where it is WRONG")
                .containsPattern("site-3 +WRONG +" + image.digest() + " .*" + layer.digest() + ".* wrong bytes");
        assertThat(sites.awaitProblem(3, "rotten/app", "v1", "keeps its damaged file"))
                .contains(layer.digest(), "delete that file in the registry's storage");

        Files.delete(file);
        sites.awaitThere(3, image, "rotten/app", "v1", A_LONG_PAUSE);
        assertThat(file).hasBinaryContent(layer.bytes());
        assertThat(sites.cluster.onMaster("image:verify rotten/app:v1 --deep")).contains("right at 4 of 4");
        sites.skopeo(3).copy(sites.at(3, "rotten/app", "v1"), "oci:" + folder.resolve("mended") + ":v1");
    }

    @Test
    void aWrongPasswordIsReportedButNeverShownAndHeals() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong"), "wrong-secret-77\n");
        Path right = Files.writeString(folder.resolve("right"), FaultySites.PASSWORD + "\n");
        SampleImage image = SampleImages.oci(9, 500_000);
        String good = seal(right);
        password(seal(wrong));
        sites.master().push(image, "password/app", "v1");
        sites.awaitThere(List.of(1, 3), image, "password/app", "v1");
        sites.awaitProblem(2, "password/app", "v1", "does not accept the password of user relay");

        password(good);
        sites.awaitThere(2, image, "password/app", "v1");
        for (String secret : List.of("wrong-secret-77", FaultySites.PASSWORD)) {
            assertThat(sites.get("/v1/transfers") + sites.get("/v1/nodes") + sites.get("/v1/images"))
                    .doesNotContain(secret);
            requireNotBelow(sites.cluster.home(2).folder().resolve("log"), secret);
            requireNotBelow(sites.cluster.home(MASTER).folder().resolve("log"), secret);
        }
    }

    private String seal(Path file) {
        KernelHome.Answer answer = sites.cluster.home(2).exec("relay:seal " + file);
        return answer.text()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("sealed:"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Nothing was sealed: " + answer));
    }

    private void password(String text) {
        sites.cluster.configure(2, sites.joinToken(), Map.of("registry-password", text));
    }

    private static void requireNotBelow(Path data, String secret) throws IOException {
        try (Stream<Path> files = Files.walk(data.toRealPath())) {
            List<Path> logs =
                    files.filter(path -> path.toString().endsWith(".log")).toList();
            assertThat(logs).as("log files below " + data).isNotEmpty();
            for (Path file : logs) {
                assertThat(Files.readString(file, ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }

    @Test
    void aRegistryWithTokensOfSecondsAndOneWithAPrivateAuthorityGetALongTransfer() {
        int before = sites.tokens.issued().size();
        SampleImage image = SampleImages.oci(10, LAYER, LAYER, LAYER, LAYER);
        sites.master().push(image, "tokens/app", "v1");
        sites.awaitThere(NODES, image, "tokens/app", "v1");
        assertThat(sites.tokens.issued().size() - before).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aRemovedNodeIsRefusedUntilItJoinsWithANewToken() {
        sites.cluster.onMaster("node:remove site-3");
        SampleImage image = SampleImages.oci(11, 500_000);
        sites.master().push(image, "removed/app", "v1");
        sites.awaitThere(List.of(1, 2), image, "removed/app", "v1");
        assertThat(sites.node(3, "removed/app", "v1").isMissingNode()).isTrue();
        await("site-3 says that it is out").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        sites.cluster.home(3).exec("relay:status").text())
                .contains("Not connected to"));
        assertThat(sites.cluster.onMaster("node:list")).doesNotContain("site-3");

        sites.cluster.configure(3, sites.cluster.joinToken(), Map.of());
        sites.cluster.awaitConnected();
        sites.awaitThere(3, image, "removed/app", "v1");
    }

    @Test
    void aKilledMasterLosesNoTransferAndFindsWhatWasPushedMeanwhile() {
        SampleImage image = SampleImages.oci(12, LAYER, LAYER);
        SampleImage meanwhile = SampleImages.oci(13, 300_000);
        sites.master().push(image, "master/app", "v1");
        sites.awaitReceived(1, "master/app", "v1", image.totalBytes() / 2);
        sites.cluster.killKernel(MASTER);
        sites.master().push(meanwhile, "master/meanwhile", "v1");

        sites.cluster.startKernel(MASTER);
        sites.cluster.awaitConnected();
        sites.awaitThere(NODES, image, "master/app", "v1");
        sites.awaitThere(NODES, meanwhile, "master/meanwhile", "v1");
        NODES.forEach(site -> requireLittleTwice(site, "master/app"));
    }

    @Test
    void theImageWithTheHigherPriorityIsThereClearlyEarlier() throws IOException {
        SampleImage low = SampleImages.oci(14, 2 * LAYER);
        SampleImage high = SampleImages.oci(15, 2 * LAYER);
        sites.master().push(low, "priority/low", "v1");
        sites.master().push(high, "priority/high", "v1");
        sites.awaitThere(NODES, low, "priority/low", "v1");
        sites.awaitThere(NODES, high, "priority/high", "v1");
        for (int site : NODES) {
            Instant first = Instant.parse(
                    sites.node(site, "priority/high", "v1").path("at").asText());
            Instant second = Instant.parse(
                    sites.node(site, "priority/low", "v1").path("at").asText());
            assertThat(first.plusMillis(500)).as("site " + site).isBefore(second);
        }
    }

    @Test
    void aBrokenImageDoesNotStopTheNextOne() throws IOException {
        SampleImage broken = SampleImages.oci(16, 700_000);
        SampleImage good = SampleImages.oci(17, 300_000);
        broken.blobs().forEach(blob -> sites.master().pushBlob(blob, "broken/app"));
        Files.delete(sites.blobFile(MASTER, broken.layers().get(0)));
        // The registry's cache in memory still knows the blob, so it takes the manifest.
        sites.master().pushManifest(broken, "broken/app", "v1");
        sites.master().push(good, "good/app", "v1");
        sites.awaitThere(NODES, good, "good/app", "v1");
        assertThat(sites.cluster.onMaster("image:status")).contains("broken/app");
    }
}
