package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Checking;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A byte that rots in the middle of a real registry's file: found, named, and mended. */
@RequiresProgram("docker-registry")
@Timeout(120)
class DeepCheckTest {
    private static final SampleImage IMAGE = SampleImages.oci(7, 2_000_000, 500_000);
    private static final SampleBlob LAYER = IMAGE.layers().get(0);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, new TagPart("1.0", IMAGE.digest(), 1));

    @TempDir
    private Path folder;

    @Test
    void flippedByteIsOverlookedByTheQuickCheckAndNamedByTheDeepOne() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.node("a");
            node.reader().push(IMAGE, APP, "1.0");
            ImageCheck whole = check(node, "r1", true, 0);
            assertThat(whole.complete()).as(whole.problem()).isTrue();
            assertThat(whole.hashed())
                    .isEqualTo(
                            IMAGE.blobs().stream().mapToLong(SampleBlob::size).sum());

            flipByte(node);

            assertThat(check(node, "r2", false, 0).complete()).isTrue();
            ImageCheck rotten = check(node, "r3", true, 0);
            assertThat(rotten.complete()).isFalse();
            assertThat(rotten.unknown()).isFalse();
            assertThat(rotten.problem()).contains(LAYER.digest(), "wrong bytes");
        }
    }

    @Test
    void deepCheckKeepsItsRateAndTellsHowFarItIs() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.node("a");
            node.reader().push(IMAGE, APP, "1.0");
            long begin = System.nanoTime();

            ImageCheck whole = check(node, "r1", true, 1_000_000);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(whole.complete()).isTrue();
            List<Checking> told = node.said().stream()
                    .filter(Checking.class::isInstance)
                    .map(Checking.class::cast)
                    .toList();
            assertThat(told).hasSizeGreaterThan(1);
            assertThat(told.get(told.size() - 1).hashed()).isBetween(told.get(0).hashed() + 1, whole.hashed());
            assertThat(told.get(0).bytes()).isEqualTo(whole.hashed());
        }
    }

    @Test
    void newerDeepCheckOfTheSameImageEndsTheOlder() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.node("a");
            node.reader().push(IMAGE, APP, "1.0");
            node.engine().accept(new Check("slow", APP, "1.0", true, 20_000L));
            await("the older one reads").atMost(Duration.ofSeconds(30)).until(() -> node.said().stream()
                    .anyMatch(Checking.class::isInstance));

            ImageCheck whole = check(node, "r1", true, 0);

            assertThat(whole.complete()).as(whole.problem()).isTrue();
            ImageCheck older = answer(node, "slow");
            assertThat(older.unknown()).isTrue();
            assertThat(older.problem()).contains("A newer deep check");
        }
    }

    @Test
    void rottenBlobIsSentOnceAndNamedUntilItsFileIsDeletedAndThenComesAgain() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            node.awaitDone("t1");
            flipByte(node);
            assertThat(check(node, "r1", true, 0).complete()).isFalse();
            assertThat(node.find("t1"))
                    .as("what it would say when it comes back")
                    .isEmpty();
            node.stop();
            node.open();

            cluster.assign("b", TRANSFER, route("a"));

            int tries = node.await("t1", "the damage is named after a restart, too", report -> report.problem()
                            .contains("wrong bytes in blob " + LAYER.digest()))
                    .retries();
            assertThat(timesSent(node)).isEqualTo(2);
            node.await("t1", "two more tries", report -> report.retries() >= tries + 2);
            assertThat(timesSent(node)).as("it looks, but sends no more").isEqualTo(2);
            Files.delete(layerFile(node));
            node.awaitDone("t1");
            assertThat(timesSent(node)).isEqualTo(3);
            cluster.assertHas("b", APP, IMAGE, "1.0");
            ImageCheck mended = check(node, "r2", true, 0);
            assertThat(mended.complete()).as(mended.problem()).isTrue();
        }
    }

    @Test
    void registryThatIsAwaySaysNothingOfTheImage() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.node("a");
            node.reader().push(IMAGE, APP, "1.0");
            node.registry().kill();
            assertThat(check(node, "r1", true, 0).unknown()).isTrue();
        }
    }

    private static ImageCheck check(TestNode node, String request, boolean deep, long rate) {
        node.engine().accept(new Check(request, APP, "1.0", deep, rate));
        return answer(node, request);
    }

    private static ImageCheck answer(TestNode node, String request) {
        return await("the answer to check " + request)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> node.said().stream()
                                .filter(said -> said instanceof Checked checked
                                        && checked.request().equals(request))
                                .map(said -> ((Checked) said).image())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static int timesSent(TestNode node) {
        return node.proxy()
                .requests(request ->
                        request.method().equals("PUT") && request.target().contains(LAYER.hex()))
                .size();
    }

    private static void flipByte(TestNode node) throws IOException {
        try (FileChannel file = FileChannel.open(layerFile(node), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, LAYER.size() / 2);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            file.write(one, LAYER.size() / 2);
        }
    }

    private static Path layerFile(TestNode node) throws IOException {
        try (var files = Files.walk(node.registry().storage())) {
            return files.filter(path -> path.endsWith(LAYER.hex() + "/data"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
