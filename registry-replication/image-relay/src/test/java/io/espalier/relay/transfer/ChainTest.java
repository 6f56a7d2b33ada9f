package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.CHUNK;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.NodeMessage.Observed;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.wire.SocketFeeds;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class ChainTest {
    private static final long MEGABYTE = 1_000_000;
    private static final SampleImage IMAGE = SampleImages.oci(1, 3 * MEGABYTE, MEGABYTE, 10_000);
    private static final TagPart TAG = new TagPart("1.0", IMAGE.digest(), 1);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, TAG);

    @TempDir
    private Path folder;

    @Test
    void passesChunksOnWhileItReceives() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "b").rate = MEGABYTE;
            chain(cluster);

            cluster.node("c").await("t1", "a first chunk", report -> report.bytesReceived() > 0);
            TransferReport middle = cluster.node("b").report("t1");
            assertThat(middle.bytesReceived()).as("b has not all yet").isLessThan(middle.bytes() / 2);

            for (String node : List.of("b", "c")) {
                TransferReport done = cluster.node(node).awaitDone("t1");
                cluster.assertHas(node, APP, IMAGE, "1.0");
                assertThat(done.bytesReceived()).isEqualTo(done.bytes());
                assertThat(done.bytesThere()).isZero();
                assertThat(done.bytesTwice()).isZero();
                assertThat(done.problem()).isEmpty();
            }
            assertThat(cluster.node("a").awaitDone("t1").bytesThere()).isEqualTo(TRANSFER.bytes());
            assertThat(cluster.link("a", "b").feeds).hasValue(1);
            assertThat(cluster.link("a", "b").bytes).hasValue(TRANSFER.bytes());
            assertThat(cluster.link("a", "c").bytes).hasValue(0);
            assertThat(cluster.node("b").said())
                    .as("the rate of a busy link")
                    .anyMatch(said -> said instanceof Observed seen
                            && seen.parent().value().equals("a")
                            && seen.bytesPerSecond() > MEGABYTE / 2
                            && seen.bytesPerSecond() < 2 * MEGABYTE);
        }
    }

    @Test
    void goesOnFromTheNextSourceWhenTheParentDies() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "b").rate = 2 * MEGABYTE;
            cluster.link("a", "c").rate = 8 * MEGABYTE;
            chain(cluster);
            cluster.node("c").await("t1", "a quarter", report -> report.bytesReceived() > report.bytes() / 4);

            cluster.node("b").stop();

            TransferReport done = cluster.node("c").awaitDone("t1");
            cluster.assertHas("c", APP, IMAGE, "1.0");
            long sent = cluster.link("b", "c").bytes.get()
                    + cluster.link("a", "c").bytes.get();
            assertThat(sent - TRANSFER.bytes()).as("bytes sent twice").isBetween(0L, 2L * CHUNK);
            assertThat(done.bytesReceived()).isEqualTo(done.bytes());
            assertThat(cluster.node("c").allReports())
                    .anyMatch(report -> report.parent().equals("a"));
        }
    }

    @Test
    void leavesASilentParent() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "b").rate = 2 * MEGABYTE;
            chain(cluster);
            cluster.node("c").await("t1", "a quarter", report -> report.bytesReceived() > report.bytes() / 4);

            cluster.link("b", "c").silent = true;

            cluster.node("c").awaitDone("t1");
            assertThat(cluster.link("a", "c").bytes).hasPositiveValue();
            cluster.assertHas("c", APP, IMAGE, "1.0");
        }
    }

    @Test
    void leavesASlowParentThatHasChunks() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.link("b", "c").rate = 200_000;

            cluster.assign(
                    "c",
                    TRANSFER,
                    Route.along(List.of(TestCluster.address("b"), TestCluster.address("a")), 4 * MEGABYTE));

            TransferReport done = cluster.node("c").awaitDone("t1");
            assertThat(done.millis()).as("at the slow rate it were 20 s").isLessThan(10_000);
            assertThat(cluster.link("a", "c").bytes).hasPositiveValue();
        }
    }

    @Test
    void staysWithAParentThatWaitsForChunksItself() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign(
                    "c",
                    TRANSFER,
                    Route.along(List.of(TestCluster.address("b"), TestCluster.address("a")), 100 * MEGABYTE));

            cluster.node("c").awaitDone("t1");
            assertThat(cluster.link("a", "c").bytes).hasValue(0);
        }
    }

    @Test
    void throwsAWrongChunkAwayAndNamesWhoSentIt() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("b", "c").corrupt = 5;
            chain(cluster);

            cluster.node("c").awaitDone("t1");
            cluster.assertHas("c", APP, IMAGE, "1.0");
            assertThat(cluster.node("c").allReports())
                    .anyMatch(report -> report.problem().contains("b sent a wrong chunk 5 of blob sha256:"));
            assertThat(cluster.link("a", "c").bytes)
                    .as("the rest came from elsewhere")
                    .hasPositiveValue();
            cluster.node("b").awaitDone("t1");
        }
    }

    @Test
    void parentWhoseDiskRotsGetsTheChunkAgainWhenAChildComplains() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            rot(cluster.node("b"));

            cluster.assign("c", TRANSFER, route("b"));

            cluster.node("c").awaitDone("t1");
            cluster.assertHas("c", APP, IMAGE, "1.0");
            assertThat(cluster.node("c").allReports())
                    .anyMatch(report -> report.problem().contains("b sent a wrong chunk 3"));
            assertThat(cluster.link("a", "b").bytes)
                    .as("b took it from its registry")
                    .hasValue(TRANSFER.bytes());
        }
    }

    @Test
    void parentWhoseDiskRotsHearsOfItOverASocket() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c");
                SocketFeeds sockets =
                        SocketFeeds.between("b", cluster.node("b").engine().chunks(), "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            rot(cluster.node("b"));

            cluster.bySockets("b", sockets.opener());
            cluster.assign("c", TRANSFER, route("b"));

            cluster.node("c").awaitDone("t1");
            cluster.assertHas("c", APP, IMAGE, "1.0");
            assertThat(cluster.node("c").allReports())
                    .anyMatch(report -> report.problem().contains("b sent a wrong chunk 3"));
            cluster.node("c").stop();
        }
    }

    @Test
    void twoOrphansThatNameEachOtherEndAtTheRootSoon() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);

            cluster.assign("b", TRANSFER, route("c", "a"));
            cluster.assign("c", TRANSFER, route("b", "a"));

            assertThat(cluster.node("b").awaitDone("t1").millis()).isLessThan(6_000);
            assertThat(cluster.node("c").awaitDone("t1").millis()).isLessThan(6_000);
            cluster.assertHas("b", APP, IMAGE, "1.0");
            cluster.assertHas("c", APP, IMAGE, "1.0");
        }
    }

    @Test
    void closingEndsAllThreads() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = MEGABYTE;
            chainOf(cluster, "b");
            cluster.node("b").await("t1", "a beginning", report -> report.bytesReceived() > 0);
            cluster.node("a").stop();
            cluster.node("b").stop();
            await("the last thread's last step").atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(
                            Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("relay-")));
        }
    }

    @Test
    void triesItsOnlySourceAgainUntilItComesBack() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").cut = true;
            chainOf(cluster, "b");
            TransferReport waiting =
                    cluster.node("b").await("t1", "retrying", report -> report.state() == TransferState.RETRYING);
            assertThat(waiting.problem()).contains("every source").contains("nobody answers");

            cluster.link("a", "b").cut = false;

            assertThat(cluster.node("b").awaitDone("t1").retries()).isPositive();
        }
    }

    @Test
    void anotherRouteTakesEffectInMidBlob() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "c").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.node("c").await("t1", "a beginning", report -> report.bytesReceived() > 0);

            cluster.node("c").engine().accept(new Reroute("t1", route("b")));

            TransferReport done = cluster.node("c").awaitDone("t1");
            assertThat(done.bytesTwice()).isLessThanOrEqualTo(2L * CHUNK);
            assertThat(cluster.link("b", "c").bytes).hasValueGreaterThan(MEGABYTE);
        }
    }

    @Test
    void goesOnAfterACrashWithTheMissingChunksOnly() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = 2 * MEGABYTE;
            chainOf(cluster, "b");
            TestNode node = cluster.node("b");
            node.await("t1", "half", report -> report.bytesReceived() > report.bytes() / 2);
            cluster.link("a", "b").cut = true;
            node.await("t1", "cut off", report -> report.state() == TransferState.RETRYING);
            long before = cluster.link("a", "b").bytes.get();
            Path crashed = folder.resolve("crashed");
            copy(node.folder(), crashed);
            node.stop();

            cluster.link("a", "b").cut = false;
            node.openIn(crashed);

            TransferReport done = node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(cluster.link("a", "b").bytes.get())
                    .as("nothing was sent twice")
                    .isEqualTo(TRANSFER.bytes());
            assertThat(before).isPositive();
            assertThat(done.bytesReceived() + done.bytesThere()).isEqualTo(done.bytes());
        }
    }

    @Test
    void lateNodeIsServedFromTheRegistryOfANodeWhoseSpoolIsEmpty() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.node("b").stop();
            cluster.node("b").openIn(folder.resolve("fresh"));

            Transfer later = transfer("t2", APP, IMAGE, TAG);
            cluster.assign("c", later, route("b"));
            cluster.assign("d", later, route("b"));

            cluster.node("c").awaitDone("t2");
            cluster.node("d").awaitDone("t2");
            cluster.assertHas("c", APP, IMAGE, "1.0");
            cluster.assertHas("d", APP, IMAGE, "1.0");
        }
    }

    @Test
    void cancelledTransferStopsAndIsForgotten() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = MEGABYTE;
            chainOf(cluster, "b");
            TestNode node = cluster.node("b");
            node.await("t1", "a beginning", report -> report.bytesReceived() > 0);

            node.engine().accept(new Cancel("t1", "the operator said so"));

            node.await("t1", "cancelled", report -> report.state() == TransferState.CANCELLED);
            await("the feed rests").atMost(Duration.ofSeconds(10)).until(() -> {
                long sent = cluster.link("a", "b").bytes.get();
                return !becomesMore(cluster.link("a", "b"), sent);
            });
            assertThat(node.reader().digestOf(APP, "1.0")).isEmpty();
            node.stop();
            node.open();
            assertThat(node.engine().reports()).isEmpty();
        }
    }

    private static boolean becomesMore(LinkFaults link, long sent) {
        try {
            await().during(Duration.ofMillis(400)).atMost(Duration.ofSeconds(1)).until(() -> link.bytes.get() == sent);
            return false;
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            return true;
        }
    }

    private static void chain(TestCluster cluster) {
        cluster.push("a", TRANSFER, IMAGE);
        cluster.assign("b", TRANSFER, route("a"));
        cluster.assign("c", TRANSFER, route("b", "a"));
        cluster.hashes(IMAGE);
    }

    private static void chainOf(TestCluster cluster, String child) {
        cluster.push("a", TRANSFER, IMAGE);
        cluster.assign(child, TRANSFER, route("a"));
        cluster.hashes(IMAGE);
    }

    private static void rot(TestNode node) throws IOException {
        Path file = spoolFile(node, IMAGE.layers().get(0).hex());
        byte[] rotten = Files.readAllBytes(file);
        rotten[3 * CHUNK] ^= 1;
        Files.write(file, rotten, StandardOpenOption.WRITE);
    }

    private static Path spoolFile(TestNode node, String hex) throws IOException {
        try (var files = Files.list(node.folder().resolve("spool"))) {
            return files.filter(path ->
                            path.toString().contains(hex) && path.toString().endsWith(".blob"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
