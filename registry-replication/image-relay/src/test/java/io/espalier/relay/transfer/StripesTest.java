package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.CHUNK;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.striped;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.NodeMessage.Observed;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images along several trees at once. */
@RequiresProgram("docker-registry")
@Timeout(120)
class StripesTest {
    private static final long MEGABYTE = 1_000_000;
    private static final SampleImage IMAGE = SampleImages.oci(1, 3 * MEGABYTE, MEGABYTE, 10_000);
    private static final TagPart TAG = new TagPart("1.0", IMAGE.digest(), 1);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, TAG);
    private static final List<String> LEAVES = List.of("b", "c", "d", "e");
    /** On their way over each of two links when something breaks. */
    private static final long HELD_UP = 4L * CHUNK;

    @TempDir
    private Path folder;

    private static long bytesOf(Transfer transfer, int stripe, int count) {
        long bytes = 0;
        for (BlobPart blob : transfer.blobs()) {
            for (int chunk = 0; (long) chunk * CHUNK < blob.size(); chunk++) {
                if (new Stripe(stripe, count).has(blob.digest(), chunk)) {
                    bytes += Math.min(CHUNK, blob.size() - (long) chunk * CHUNK);
                }
            }
        }
        return bytes;
    }

    private static void push(TestCluster cluster, Transfer transfer, SampleImage image) {
        cluster.push("a", transfer, image);
        cluster.hashes(image);
    }

    private static void assertSent(TestCluster cluster, String parent, String child, long bytes) {
        assertThat(cluster.link(parent, child).bytes)
                .as("from " + parent + " to " + child)
                .hasValue(bytes);
    }

    private static void assertAllOnce(TestCluster cluster, String node) {
        TransferReport done = cluster.node(node).awaitDone("t1");
        assertThat(done.bytesReceived()).isEqualTo(done.bytes());
        assertThat(done.bytesTwice()).isZero();
        done.bytesFrom().forEach((parent, bytes) -> assertSent(cluster, parent, node, bytes));
        assertThat(done.bytesFrom().values().stream().mapToLong(bytes -> bytes).sum())
                .isEqualTo(done.bytes());
    }

    @Test
    void twoTreesCarryHalfOfTheImageEach() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d", "e")) {
            push(cluster, TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, striped("a", "c a"));
            cluster.assign("c", TRANSFER, striped("b a", "a"));
            cluster.assign("d", TRANSFER, striped("b a", "c a"));
            cluster.assign("e", TRANSFER, striped("b a", "c a"));

            for (String node : LEAVES) {
                assertAllOnce(cluster, node);
                cluster.assertHas(node, APP, IMAGE, "1.0");
            }
            long first = bytesOf(TRANSFER, 0, 2);
            long second = bytesOf(TRANSFER, 1, 2);
            assertThat(first + second).isEqualTo(TRANSFER.bytes());
            assertSent(cluster, "a", "b", first);
            assertSent(cluster, "a", "c", second);
            for (String child : List.of("c", "d", "e")) {
                assertSent(cluster, "b", child, first);
            }
            for (String child : List.of("b", "d", "e")) {
                assertSent(cluster, "c", child, second);
            }
            assertThat(cluster.node("d").allReports())
                    .as("both parents are named")
                    .anyMatch(report -> report.parents().equals(List.of("b", "c"))
                            && report.parent().equals("b")
                            && report.from().equals("b, c"));
        }
    }

    @Test
    void threeTreesOverFiveNodes() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d", "e")) {
            push(cluster, TRANSFER, IMAGE);
            Map<String, String[]> routes = Map.of(
                    "b", new String[] {"a", "c a", "d a"},
                    "c", new String[] {"b a", "a", "d a"},
                    "d", new String[] {"b a", "c a", "a"},
                    "e", new String[] {"b a", "c a", "d a"});
            routes.forEach((node, branches) -> cluster.assign(node, TRANSFER, striped(branches)));

            for (String node : LEAVES) {
                assertAllOnce(cluster, node);
                cluster.assertHas(node, APP, IMAGE, "1.0");
                String[] branches = routes.get(node);
                for (int stripe = 0; branches != null && stripe < 3; stripe++) {
                    assertSent(cluster, branches[stripe].substring(0, 1), node, bytesOf(TRANSFER, stripe, 3));
                }
            }
        }
    }

    @Test
    void twoStripesOfOneParentComeOverOneFeed() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            push(cluster, TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, striped("a", "a"));

            assertAllOnce(cluster, "b");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(cluster.link("a", "b").feeds).hasValue(1);
        }
    }

    @Test
    void blobsOfOneChunkAreSpreadOverTheStripes() throws Exception {
        SampleImage small = SampleImages.oci(
                2, Arrays.stream(new long[40]).map(any -> 20_000).toArray());
        Transfer transfer = transfer("t1", APP, small, new TagPart("1.0", small.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            push(cluster, transfer, small);
            cluster.assign("b", transfer, striped("a", "c a"));
            cluster.assign("c", transfer, striped("b a", "a"));

            assertAllOnce(cluster, "b");
            assertAllOnce(cluster, "c");
            cluster.assertHas("c", APP, small, "1.0");
            assertThat(bytesOf(transfer, 0, 2)).isBetween(transfer.bytes() / 5, transfer.bytes() * 4 / 5);
            assertSent(cluster, "a", "b", bytesOf(transfer, 0, 2));
            assertSent(cluster, "b", "c", bytesOf(transfer, 0, 2));
            assertSent(cluster, "c", "b", bytesOf(transfer, 1, 2));
        }
    }

    @Test
    void ratesOfStripesAreNoMeasureOfALink() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            push(cluster, TRANSFER, IMAGE);
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.assign("b", TRANSFER, striped("a", "c a"));
            cluster.assign("c", TRANSFER, striped("b a", "a"));

            assertAllOnce(cluster, "b");
            assertThat(cluster.node("b").said())
                    .as("about two seconds without a pause, of which a plain tree's rate would be told")
                    .noneMatch(Observed.class::isInstance);
        }
    }

    @Test
    void onlyTheStripesOfADeadParentMove() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d", "e")) {
            push(cluster, TRANSFER, IMAGE);
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.link("a", "c").rate = MEGABYTE;
            cluster.assign("b", TRANSFER, striped("a", "c a"));
            cluster.assign("c", TRANSFER, striped("b a", "a"));
            cluster.assign("d", TRANSFER, striped("b a", "c a"));
            cluster.assign("e", TRANSFER, striped("b a", "c a"));
            cluster.node("d").await("t1", "a quarter", report -> report.bytesReceived() > report.bytes() / 4);

            cluster.node("b").stop();

            for (String node : List.of("c", "d", "e")) {
                TransferReport done = cluster.node(node).awaitDone("t1");
                cluster.assertHas(node, APP, IMAGE, "1.0");
                assertThat(done.bytesReceived()).isEqualTo(done.bytes());
                long sent = cluster.link("a", node).bytes.get()
                        + cluster.link("b", node).bytes.get()
                        + cluster.link("c", node).bytes.get();
                assertThat(sent - TRANSFER.bytes())
                        .as("bytes sent twice to " + node)
                        .isBetween(0L, HELD_UP);
                assertThat(cluster.link("a", node).bytes).hasPositiveValue();
            }
            for (String node : List.of("d", "e")) {
                assertSent(cluster, "c", node, bytesOf(TRANSFER, 1, 2));
            }
        }
    }

    @Test
    void aStripeWithoutASourceComesFromThoseOfTheOthers() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            push(cluster, TRANSFER, IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("a"));
            cluster.node("b").stop();

            cluster.assign("d", TRANSFER, striped("b", "c"));

            assertAllOnce(cluster, "d");
            assertSent(cluster, "c", "d", TRANSFER.bytes());
            assertThat(cluster.node("d").report("t1").retries()).isZero();
        }
    }

    @Test
    void aWrongChunkIsGotFromAnotherSourceOfItsStripe() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            push(cluster, TRANSFER, IMAGE);
            int index = new Stripe(1, 2).has(TRANSFER.blobs().get(1).digest(), 4) ? 4 : 5;
            cluster.link("c", "d").corrupt = index;
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("a"));
            cluster.assign("d", TRANSFER, striped("b a", "c a"));

            TransferReport done = cluster.node("d").awaitDone("t1");
            cluster.assertHas("d", APP, IMAGE, "1.0");
            assertThat(done.bytesReceived()).isEqualTo(done.bytes());
            assertThat(cluster.node("d").allReports()).anyMatch(report -> report.problem()
                    .contains("c sent a wrong chunk " + index + " of blob sha256:"));
            assertThat(cluster.link("a", "d").bytes)
                    .as("the rest of the stripe")
                    .hasPositiveValue();
        }
    }

    @Test
    void anotherNumberOfStripesTakesEffectInMidBlob() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            push(cluster, TRANSFER, IMAGE);
            for (String node : List.of("b", "c")) {
                cluster.assign(node, TRANSFER, route("a"));
                cluster.node(node).awaitDone("t1");
                cluster.link(node, "d").rate = MEGABYTE;
            }
            cluster.link("a", "d").rate = MEGABYTE;
            cluster.assign("d", TRANSFER, route("a"));
            TestNode node = cluster.node("d");
            node.await("t1", "a beginning", report -> report.bytesReceived() > 0);

            node.engine().accept(new Reroute("t1", striped("b a", "c a")));
            node.await("t1", "a half", report -> report.bytesReceived() > report.bytes() / 2);
            assertThat(cluster.link("b", "d").bytes).hasPositiveValue();
            assertThat(cluster.link("c", "d").bytes).hasPositiveValue();
            long before = cluster.link("c", "d").bytes.get();
            node.engine().accept(new Reroute("t1", route("b", "a")));

            TransferReport done = node.awaitDone("t1");
            cluster.assertHas("d", APP, IMAGE, "1.0");
            assertThat(done.bytesReceived()).isEqualTo(done.bytes());
            assertThat(done.bytesTwice()).isLessThanOrEqualTo(2 * HELD_UP);
            assertThat(cluster.link("c", "d").bytes.get() - before)
                    .as("from a source that is no parent any more")
                    .isLessThanOrEqualTo(HELD_UP);
            assertThat(done.retries()).isZero();
        }
    }

    @Test
    void parentsOfEachOtherAreNotTakenForACircleWhenTheirLinksAreSlow() throws Exception {
        SampleImage small = SampleImages.oci(3, 6L * CHUNK);
        Transfer transfer = transfer("t1", APP, small, new TagPart("1.0", small.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            push(cluster, transfer, small);
            // A chunk takes 3 s: longer than a link of a circle is kept that brings nothing.
            cluster.link("a", "b").rate = CHUNK / 3;
            cluster.link("a", "c").rate = CHUNK / 3;
            cluster.assign("b", transfer, striped("a", "c a"));
            cluster.assign("c", transfer, striped("b a", "a"));

            assertAllOnce(cluster, "b");
            assertAllOnce(cluster, "c");
            assertSent(cluster, "a", "b", bytesOf(transfer, 0, 2));
            assertSent(cluster, "a", "c", bytesOf(transfer, 1, 2));
        }
    }

    @Test
    void treesOfTwoImagesAreNotTakenForACircle() throws Exception {
        SampleImage one = SampleImages.oci(5, 3L * CHUNK);
        SampleImage two = SampleImages.oci(6, 3L * CHUNK);
        Transfer first = transfer("t1", "team/one", one, new TagPart("1.0", one.digest(), 1));
        Transfer second = transfer("t2", "team/two", two, new TagPart("1.0", two.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            push(cluster, first, one);
            push(cluster, second, two);
            cluster.link("a", "b").rate = CHUNK / 3;
            cluster.link("a", "c").rate = CHUNK / 3;
            cluster.assign("b", first, route("a"));
            cluster.assign("c", first, route("b", "a"));
            cluster.assign("c", second, striped("a", "a"));
            cluster.assign("b", second, striped("c a", "c a"));

            for (String node : List.of("b", "c")) {
                cluster.node(node).awaitDone("t1");
                cluster.node(node).awaitDone("t2");
            }
            assertSent(cluster, "a", "b", first.bytes());
            assertSent(cluster, "a", "c", second.bytes());
        }
    }

    @Test
    void aCircleWithinAStripeEndsSoonThoughTheOtherStripeFlows() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            push(cluster, TRANSFER, IMAGE);
            // The other stripe comes over the same links, slowly.
            cluster.link("a", "b").rate = MEGABYTE / 10;
            cluster.assign("b", TRANSFER, striped("d a", "a"));
            cluster.assign("c", TRANSFER, striped("b a", "b a"));
            cluster.assign("d", TRANSFER, striped("c a", "c a"));

            await("one of them turns to the root; a link that brings nothing would be left after 10 s")
                    .atMost(Duration.ofSeconds(8))
                    .until(() -> cluster.link("a", "c").feeds.get()
                                            + cluster.link("a", "d").feeds.get()
                                    > 0
                            || cluster.node("b").report("t1").parents().equals(List.of("a")));
            cluster.link("a", "b").rate = 0;
            for (String node : List.of("b", "c", "d")) {
                cluster.node(node).awaitDone("t1");
                cluster.assertHas(node, APP, IMAGE, "1.0");
            }
        }
    }

    @Test
    void aStripeWithoutAChunkOfTheBlobsAsksNobody() throws Exception {
        SampleImage empty = SampleImages.withoutLayers(4);
        Transfer transfer = transfer("t1", APP, empty, new TagPart("1.0", empty.digest(), 1));
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            push(cluster, transfer, empty);
            cluster.assign("c", transfer, route("a"));
            cluster.assign("b", transfer, striped("a", "c"));

            assertAllOnce(cluster, "b");
            assertThat(cluster.link("a", "b").feeds.get()
                            + cluster.link("c", "b").feeds.get())
                    .isEqualTo(1);
        }
    }

    @Test
    void onlyTheStripeOfASlowParentMoves() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c", "d")) {
            push(cluster, TRANSFER, IMAGE);
            for (String node : List.of("b", "c")) {
                cluster.assign(node, TRANSFER, route("a"));
                cluster.node(node).awaitDone("t1");
            }
            cluster.link("b", "d").rate = MEGABYTE / 10;
            cluster.link("c", "d").rate = MEGABYTE;

            Route slow = striped("b a", "c a");
            cluster.assign(
                    "d",
                    TRANSFER,
                    new Route(slow.branches().stream()
                            .map(branch -> new Route.Branch(branch.sources(), MEGABYTE))
                            .toList()));

            TransferReport done = cluster.node("d").awaitDone("t1");
            assertThat(done.millis()).as("at the slow rate it were 20 s").isLessThan(12_000);
            assertThat(cluster.link("a", "d").bytes).hasPositiveValue();
            assertSent(cluster, "c", "d", bytesOf(TRANSFER, 1, 2));
        }
    }
}
