package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.MasterMessage.Members;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.FrontProxy.Reply;
import io.espalier.testkit.registry.ProxyRules;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class RefusalTest {
    private static final SampleImage IMAGE = SampleImages.oci(4, 700_000, 90_000);
    private static final TagPart TAG = new TagPart("1.0", IMAGE.digest(), 1);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, TAG);

    @TempDir
    private Path folder;

    @Test
    void refusalIsReportedInTheRegistrysWordsAndHeals() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            node.proxy()
                    .rule(ProxyRules.reply(
                            request -> request.method().equals("PUT")
                                    && request.target().contains("/blobs/"),
                            new Reply(
                                    403,
                                    Map.of("Content-Type", "application/json"),
                                    "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"quota of 5 GiB exceeded\"}]}")));
            start(cluster);

            TransferReport report = node.await("t1", "retrying", seen -> seen.state() == TransferState.RETRYING);
            assertThat(report.problem()).contains("quota of 5 GiB exceeded");
            assertThat(node.reader().digestOf(APP, "1.0")).isEmpty();

            node.proxy().heal();

            TransferReport done = node.awaitDone("t1");
            assertThat(done.problem()).isEmpty();
            assertThat(cluster.link("a", "b").bytes).as("no byte came twice").hasValue(TRANSFER.bytes());
        }
    }

    @Test
    void failingManifestLeavesNoTagAndHeals() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            node.proxy()
                    .rule(ProxyRules.fail(
                            request -> request.method().equals("PUT")
                                    && request.target().contains("/manifests/"),
                            500,
                            4));
            start(cluster);
            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(node.report("t1").retries()).isPositive();
        }
    }

    @Test
    void chunksArePassedOnThoughTheOwnRegistryIsDown() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.node("b").registry().kill();
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("b"));

            cluster.node("c").awaitDone("t1");
            cluster.node("b")
                    .await("t1", "a problem", report -> !report.problem().isEmpty());
            cluster.node("b").registry().start();
            cluster.node("b").awaitDone("t1");
            assertThat(cluster.link("a", "b").bytes).hasValue(TRANSFER.bytes());
        }
    }

    @Test
    void imageWithoutTagArrivesByDigest() throws Exception {
        Transfer untagged = transfer("t2", APP, IMAGE);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", untagged, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", untagged, route("a"));
            cluster.node("b").awaitDone("t2");
            assertThat(cluster.node("b").reader().digestOf(APP, IMAGE.digest())).isEqualTo(IMAGE.digest());
        }
    }

    @Test
    void chunksWaitForTheMastersHashes() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            for (SampleBlob blob : IMAGE.blobs()) {
                cluster.node("a")
                        .engine()
                        .accept(new Hashes(blob.digest(), TestCluster.CHUNK, 0, TestCluster.hashesOf(blob.bytes())));
            }
            cluster.push("a", TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").await("t1", "a sender", report -> report.parent().equals("a"));
            assertThat(cluster.node("b").report("t1").bytesReceived()).isZero();

            cluster.hashes(IMAGE);

            cluster.node("b").awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        }
    }

    @Test
    void childMayWantOtherChunksThanItsParentGot() throws Exception {
        int larger = 2 * TestCluster.CHUNK;
        Transfer other = new Transfer("t3", APP, TRANSFER.blobs(), TRANSFER.manifests(), TRANSFER.tags(), larger, 5, 0);
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            for (SampleBlob blob : IMAGE.blobs()) {
                cluster.node("c").engine().accept(new Hashes(blob.digest(), larger, 0, hashes(blob.bytes(), larger)));
            }

            cluster.assign("c", other, route("b"));

            cluster.node("c").awaitDone("t3");
            cluster.assertHas("c", APP, IMAGE, "1.0");
        }
    }

    @Test
    void sameAssignmentOfWhatIsDoneProvesItAgainAndBringsNothing() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            start(cluster);
            cluster.node("b").awaitDone("t1");
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("b", TRANSFER, route("c", "a"));
            TransferReport again = cluster.node("b").awaitDone("t1");
            assertThat(again.bytesThere()).isEqualTo(TRANSFER.bytes());
            assertThat(cluster.node("b").engine().reports()).hasSize(1);
            assertThat(cluster.node("b").engine().accept(new Members(List.of(), List.of())))
                    .isFalse();
            assertThat(cluster.link("a", "b").bytes).hasValue(TRANSFER.bytes());
        }
    }

    @Test
    void manifestThatIsNotWhatItsDigestSaysIsNotPut() throws Exception {
        Transfer forged = new Transfer(
                "t4",
                APP,
                TRANSFER.blobs(),
                List.of(new ManifestPart(IMAGE.digest(), IMAGE.mediaType(), "{}".getBytes(UTF_8))),
                List.of(TAG),
                TestCluster.CHUNK,
                5,
                0);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", forged, route("a"));
            TransferReport report =
                    cluster.node("b").await("t4", "retrying", seen -> seen.state() == TransferState.RETRYING);
            assertThat(report.problem()).contains("its bytes are sha256:");
            assertThat(cluster.node("b").reader().digestOf(APP, "1.0")).isEmpty();
        }
    }

    @Test
    void blobThatIsNotNamedBySha256IsAClearProblem() throws Exception {
        BlobPart other = new BlobPart("sha512:" + "0a".repeat(64), 1_000, List.of());
        Transfer unfit = new Transfer("t5", APP, List.of(other), List.of(), List.of(), TestCluster.CHUNK, 5, 0);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.assign("b", unfit, route("a"));

            TransferReport report =
                    cluster.node("b").await("t5", "retrying", seen -> seen.state() == TransferState.RETRYING);
            assertThat(report.problem())
                    .contains(other.digest(), "no digest as sha256:HEX", "Push the image again")
                    .doesNotContain("unexpectedly");
        }
    }

    private static void start(TestCluster cluster) {
        cluster.push("a", TRANSFER, IMAGE);
        cluster.hashes(IMAGE);
        cluster.assign("b", TRANSFER, route("a"));
    }

    private static byte[] hashes(byte[] bytes, int chunkBytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (int at = 0; at < bytes.length; at += chunkBytes) {
            sha256.update(bytes, at, Math.min(chunkBytes, bytes.length - at));
            out.writeBytes(sha256.digest());
        }
        return out.toByteArray();
    }
}
