package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.files.SmallDisk;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class RegistryTroubleTest {
    private static final long MEGABYTE = 1_000_000;
    private static final SampleImage IMAGE = SampleImages.oci(2, 2 * MEGABYTE, 500_000);
    private static final TagPart TAG = new TagPart("1.0", IMAGE.digest(), 1);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, TAG);

    @TempDir
    private Path folder;

    @Test
    void uploadBeginsAgainFromTheSpoolWhenTheRegistryDies() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            TestNode node = cluster.node("b");
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("b"));
            cluster.hashes(IMAGE);
            node.await("t1", "a third", report -> report.bytesReceived() > report.bytes() / 3);

            node.registry().kill();

            cluster.node("c").awaitDone("t1");
            TransferReport broken =
                    node.await("t1", "a problem", report -> !report.problem().isEmpty());
            assertThat(broken.bytesReceived()).as("it went on receiving").isGreaterThan(broken.bytes() / 3);
            node.registry().start();
            TransferReport done = node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(cluster.link("a", "b").bytes).as("no byte came twice").hasValue(TRANSFER.bytes());
            assertThat(done.retries()).isPositive();
            assertThat(done.problem()).isEmpty();
        }
    }

    @Test
    void blobsThatTheRegistryClaimsButCollectedAreSentAgain() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            IMAGE.blobs().forEach(blob -> node.reader().pushBlob(blob, APP));
            node.registry().garbageCollect();
            assertThat(node.reader()
                            .request("HEAD", "/v2/" + APP + "/blobs/" + layer().digest(), Map.of())
                            .status())
                    .as("the registry still claims it")
                    .isEqualTo(200);
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);

            cluster.assign("b", TRANSFER, route("a"));

            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    @Test
    void blobsThatAreCollectedBeforeTheManifestAreSentAgain() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            SampleBlob last = IMAGE.layers().get(0);
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.hashes(IMAGE);
            SampleBlob early = IMAGE.layers().get(1);
            await("the small layer is committed")
                    .atMost(TestNode.LIMIT)
                    .until(() -> !node.reader().readBlob(APP, early.digest()).isEmpty()
                            || !node.reader().readBlob(APP, last.digest()).isEmpty());

            node.registry().garbageCollect();

            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    @Test
    void rootReportsABlobThatItsOwnRegistryDoesNotDeliver() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            IMAGE.blobs().stream()
                    .skip(1)
                    .forEach(blob -> cluster.node("a").reader().pushBlob(blob, APP));
            cluster.assign("a", TRANSFER, Route.root());

            TransferReport report =
                    cluster.node("a").await("t1", "a problem", seen -> seen.state() == TransferState.RETRYING);
            assertThat(report.problem()).contains(IMAGE.blobs().get(0).digest()).contains("push the image again");

            cluster.node("a").reader().pushUntagged(IMAGE, APP);
            cluster.node("a").awaitDone("t1");
        }
    }

    @Test
    void rottenChunkInTheSpoolIsNotCommittedAndHeals() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            cluster.push("a", TRANSFER, IMAGE);
            node.registry().kill();
            cluster.assign("b", TRANSFER, route("a"));
            cluster.hashes(IMAGE);
            node.await("t1", "all bytes", report -> report.bytesReceived() == report.bytes());
            Path file;
            try (var files = Files.list(node.folder().resolve("spool"))) {
                file = files.filter(path -> path.toString().contains(layer().hex() + "-")
                                && path.toString().endsWith(".blob"))
                        .findFirst()
                        .orElseThrow();
            }
            byte[] bytes = Files.readAllBytes(file);
            bytes[100_000] ^= 1;
            Files.write(file, bytes, StandardOpenOption.WRITE);

            node.registry().start();

            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(node.allReports())
                    .anyMatch(report -> report.problem().contains("no longer right on this node's disk"));
        }
    }

    @Test
    void saysWhichKeyToRaiseWhenTheSpoolIsTooSmall() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            cluster.add("b", MEGABYTE);
            cluster.push("a", TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.hashes(IMAGE);

            TransferReport report =
                    cluster.node("b").await("t1", "a problem", seen -> seen.state() == TransferState.RETRYING);
            assertThat(report.problem()).contains("raise spool-bytes to at least " + layer().size());
            assertThat(cluster.node("b").reader().digestOf(APP, "1.0")).isEmpty();
        }
    }

    @Test
    void imageLargerThanTheSpoolGoesThroughItBlobByBlob() throws Exception {
        SampleImage large = SampleImages.oci(7, MEGABYTE, MEGABYTE, MEGABYTE, MEGABYTE, MEGABYTE);
        Transfer transfer = transfer("t2", APP, large, new TagPart("2.0", large.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            cluster.add("b", 2_500_000);
            cluster.push("a", transfer, large);
            cluster.hashes(large);
            cluster.assign("b", transfer, route("a"));
            cluster.node("b").awaitDone("t2");
            cluster.assertHas("b", APP, large, "2.0");
        }
    }

    @Test
    void fullDiskIsReportedAndHeals() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(8 << 20);
                TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            node.stop();
            node.openIn(disk.folder().resolve("data"));
            cluster.push("a", TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            disk.fill();
            for (SampleBlob blob : IMAGE.blobs()) {
                node.engine()
                        .accept(new Hashes(blob.digest(), TestCluster.CHUNK, 0, TestCluster.hashesOf(blob.bytes())));
            }
            TransferReport report =
                    node.await("t1", "a problem", seen -> seen.problem().contains("disk is full"));
            assertThat(report.state()).isNotEqualTo(TransferState.DONE);

            disk.free();

            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    @Test
    void mountsWhatAnotherRepositoryOfTheRegistryHas() throws Exception {
        Transfer mounting = new Transfer(
                "t3",
                "team/other",
                TRANSFER.blobs().stream()
                        .map(part -> new BlobPart(part.digest(), part.size(), List.of(APP)))
                        .toList(),
                TRANSFER.manifests(),
                List.of(TAG),
                TRANSFER.chunkBytes(),
                5,
                0);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            IMAGE.blobs().forEach(blob -> cluster.node("b").reader().pushBlob(blob, APP));
            cluster.push("a", mounting, IMAGE);
            cluster.assign("b", mounting, route("a"));

            TransferReport done = cluster.node("b").awaitDone("t3");
            cluster.assertHas("b", "team/other", IMAGE, "1.0");
            assertThat(done.bytesThere()).isEqualTo(done.bytes());
            assertThat(cluster.link("a", "b").bytes).hasValue(0);
        }
    }

    @Test
    void twoTransfersThatShareBlobsFetchThemOnce() throws Exception {
        SampleImage other = SampleImages.docker(2, 2 * MEGABYTE, 500_000);
        SampleImage third = SampleImages.oci(3, 300_000);
        Transfer elsewhere =
                transfer("t4", "team/elsewhere", List.of(IMAGE, third), new TagPart("1.0", IMAGE.digest(), 1));
        Transfer docker = transfer("t5", APP, other, new TagPart("docker", other.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = 2 * MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.push("a", elsewhere, IMAGE, third);
            cluster.push("a", docker, other);
            cluster.hashes(IMAGE, third, other);

            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("b", elsewhere, route("a"));
            cluster.assign("b", docker, route("a"));

            for (String id : List.of("t1", "t4", "t5")) {
                cluster.node("b").awaitDone(id);
            }
            cluster.assertHas("b", APP, IMAGE, "1.0");
            cluster.assertHas("b", "team/elsewhere", IMAGE, "1.0");
            cluster.assertHas("b", APP, other, "docker");
            assertThat(cluster.link("a", "b").feeds).as("one feed for all").hasValue(1);
            long distinct = Stream.of(IMAGE, third, other)
                    .flatMap(image -> image.blobs().stream())
                    .collect(Collectors.toMap(SampleBlob::digest, SampleBlob::size, (one, same) -> one))
                    .values()
                    .stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(cluster.link("a", "b").bytes).as("each blob came once").hasValue(distinct);
        }
    }

    @Test
    void checkReadsTheImageBack() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.node("a");
            node.reader().push(IMAGE, APP, "1.0");
            node.engine().accept(new Check("r1", APP, "1.0"));
            node.engine().accept(new Check("r2", APP, "none"));
            Checked whole = checked(node, "r1");
            assertThat(whole.image().digest()).isEqualTo(IMAGE.digest());
            assertThat(whole.image().complete()).as(whole.image().problem()).isTrue();
            assertThat(checked(node, "r2").image().problem()).contains("no team/app:none");

            loseLayer(node);
            node.engine().accept(new Check("r3", APP, "1.0"));
            assertThat(checked(node, "r3").image().complete()).isFalse();
            assertThat(checked(node, "r3").image().problem()).contains(layer().digest());
        }
    }

    @Test
    void whatTheRegistryLostAfterItWasDoneIsNoLongerClaimedAndComesAgain() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            TestNode node = cluster.node("b");
            node.awaitDone("t1");
            loseLayer(node);
            node.engine().accept(new Check("r1", APP, "1.0"));
            assertThat(checked(node, "r1").image().complete()).isFalse();
            assertThat(node.find("t1"))
                    .as("what it would say when it comes back")
                    .isEmpty();

            cluster.assign("b", TRANSFER, route("a"));

            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    @Test
    void aFileThatTheRegistryKeepsDamagedIsNamedInsteadOfSentForEver() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode node = cluster.node("b");
            IMAGE.blobs().forEach(blob -> node.reader().pushBlob(blob, APP));
            try (FileChannel file = FileChannel.open(layerFile(node), StandardOpenOption.WRITE)) {
                file.truncate(1);
            }
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);

            cluster.assign("b", TRANSFER, route("a"));

            await("the damage to be named").atMost(TestNode.LIMIT).until(() -> node.find("t1")
                    .filter(report -> report.problem().contains("keeps a damaged file"))
                    .isPresent());
            Files.delete(layerFile(node));
            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    private static void loseLayer(TestNode node) throws IOException {
        Files.delete(layerFile(node));
    }

    private static Path layerFile(TestNode node) throws IOException {
        try (var files = Files.walk(node.registry().storage())) {
            return files.filter(path -> path.endsWith(layer().hex() + "/data"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Checked checked(TestNode node, String request) {
        return await("the answer to check " + request)
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> node.said().stream()
                                .filter(said -> said instanceof Checked checked
                                        && checked.request().equals(request))
                                .map(Checked.class::cast)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static SampleBlob layer() {
        return IMAGE.layers().get(0);
    }
}
