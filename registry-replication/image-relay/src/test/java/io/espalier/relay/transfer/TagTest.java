package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class TagTest {
    @TempDir
    private Path folder;

    @Test
    void newestGenerationWinsAStormAndTheTagNeverGoesBack() throws Exception {
        int count = 20;
        List<Transfer> transfers = new ArrayList<>();
        Map<String, Integer> generations = new HashMap<>();
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            for (int i = 1; i <= count; i++) {
                SampleImage image = SampleImages.oci(100 + i, 100_000);
                Transfer transfer = transfer("g" + i, APP, image, new TagPart("latest", image.digest(), i));
                generations.put(image.digest(), i);
                transfers.add(transfer);
                cluster.push("a", transfer, image);
                cluster.hashes(image);
            }
            Collections.shuffle(transfers, new Random(7));
            List<Integer> seen = new ArrayList<>();
            TestNode node = cluster.node("b");

            for (Transfer transfer : transfers) {
                cluster.assign("b", transfer, route("a"));
                look(node, generations, seen);
            }
            await("the newest").atMost(TestNode.LIMIT).until(() -> {
                look(node, generations, seen);
                return node.report("g" + count).state() == TransferState.DONE;
            });

            assertThat(seen).as("the tag as polled").isSorted().endsWith(count);
            for (Transfer transfer : transfers) {
                node.await(transfer.id(), "final", report -> report.state().isFinal());
                assertThat(node.report(transfer.id()).state()).isIn(TransferState.DONE, TransferState.SUPERSEDED);
            }
            look(node, generations, seen);
            assertThat(seen).isSorted().endsWith(count);
        }
    }

    @Test
    void generationsAreKnownAfterARestart() throws Exception {
        SampleImage newer = SampleImages.oci(11, 50_000);
        SampleImage older = SampleImages.oci(12, 50_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            Transfer second = transfer("t2", APP, newer, new TagPart("latest", newer.digest(), 2));
            Transfer first = transfer("t1", APP, older, new TagPart("latest", older.digest(), 1));
            cluster.push("a", second, newer);
            cluster.push("a", first, older);
            cluster.hashes(newer, older);
            cluster.assign("b", second, route("a"));
            cluster.node("b").awaitDone("t2");
            cluster.node("b").stop();
            cluster.node("b").open();

            cluster.assign("b", first, route("a"));

            cluster.node("b").await("t1", "superseded", report -> report.state() == TransferState.SUPERSEDED);
            cluster.assertHas("b", APP, newer, "latest");
        }
    }

    @Test
    void newerGenerationEndsTheOlderTransferOfTheTag() throws Exception {
        SampleImage older = SampleImages.oci(13, 2_000_000);
        SampleImage newer = SampleImages.oci(14, 50_000);
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = 300_000;
            Transfer first = transfer("t1", APP, older, new TagPart("latest", older.digest(), 1));
            Transfer second = transfer("t2", APP, newer, new TagPart("latest", newer.digest(), 2));
            cluster.push("a", first, older);
            cluster.push("a", second, newer);
            cluster.hashes(newer, older);
            cluster.assign("b", first, route("a"));
            cluster.node("b").await("t1", "a beginning", report -> report.bytesReceived() > 0);

            cluster.assign("b", second, route("a"));

            cluster.node("b").await("t1", "superseded", report -> report.state() == TransferState.SUPERSEDED);
            cluster.node("b").awaitDone("t2");
            assertThat(cluster.link("a", "b").bytes.get()).isLessThan(1_000_000);
        }
    }

    @Test
    void tagComesLastAndSignaturesBeforeIt() throws Exception {
        SampleImage image = SampleImages.index(
                SampleImages.ociFor("linux/amd64", 21, 600_000), SampleImages.ociFor("linux/arm64", 22, 600_000));
        SampleImage signature = SampleImages.cosignSignature(image);
        String signatureTag = SampleImages.signatureTag(image);
        Transfer transfer = transfer(
                "t1",
                APP,
                List.of(image, signature),
                new TagPart(signatureTag, signature.digest(), 1),
                new TagPart("1.0", image.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = 1_000_000;
            cluster.push("a", transfer, image, signature);
            cluster.hashes(image, signature);
            TestNode node = cluster.node("b");
            cluster.assign("b", transfer, route("a"));

            await("the tag").atMost(TestNode.LIMIT).until(() -> {
                boolean tagged = !node.reader().digestOf(APP, "1.0").isEmpty();
                if (tagged) {
                    assertThat(node.reader().digestOf(APP, signatureTag)).isEqualTo(signature.digest());
                    cluster.assertHas("b", APP, image, "1.0");
                }
                return tagged;
            });
            node.awaitDone("t1");
        }
    }

    @Test
    void nestedIndexEmptyLayerEmptyBlobAndArtifactArrive() throws Exception {
        SampleImage inner = SampleImages.index(SampleImages.withoutLayers(31), SampleImages.oci(32, 70_000));
        SampleImage image = SampleImages.index(inner, SampleImages.docker(33, 1_000));
        SampleImage empty = SampleImages.withZeroByteLayer("application/vnd.example.empty");
        SampleImage referrer = SampleImages.referrer(image, "application/vnd.example.sbom", 34, 5_000);
        Transfer transfer = transfer(
                "t1",
                APP,
                List.of(image, empty, referrer),
                new TagPart("empty", empty.digest(), 1),
                new TagPart("1.0", image.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", transfer, image, empty, referrer);
            cluster.hashes(image, empty, referrer);
            cluster.assign("b", transfer, route("a"));
            cluster.assign("c", transfer, route("b", "a"));
            for (String node : List.of("b", "c")) {
                cluster.node(node).awaitDone("t1");
                cluster.assertHas(node, APP, image, "1.0");
                cluster.assertHas(node, APP, empty, "empty");
                assertThat(cluster.node(node).reader().digestOf(APP, referrer.digest()))
                        .isEqualTo(referrer.digest());
                for (SampleBlob blob : referrer.blobs()) {
                    assertThat(cluster.node(node).reader().readBlob(APP, blob.digest()))
                            .isNotEmpty();
                }
            }
        }
    }

    private static void look(TestNode node, Map<String, Integer> generations, List<Integer> seen) {
        String digest = node.reader().digestOf(APP, "latest");
        if (!digest.isEmpty()) {
            seen.add(generations.getOrDefault(digest, -1));
        }
    }
}
