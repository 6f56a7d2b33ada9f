package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.CHUNK;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A chunk that is dropped when its blob is complete in the spool, but not read yet by the upload. */
@RequiresProgram("docker-registry")
@Timeout(120)
class LostChunkTest {
    /** More than the buffers of a connection take, so that the upload stands before the last chunk. */
    private static final SampleImage IMAGE = SampleImages.oci(9, 48_000_000);

    private static final SampleBlob LAYER = IMAGE.layers().get(0);
    private static final int LAST = (int) ((LAYER.size() - 1) / CHUNK);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, new TagPart("1.0", IMAGE.digest(), 1));

    @TempDir
    private Path folder;

    @Test
    void isFetchedAgainWhenItRotsBeforeTheUploadHasReadIt() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            hold(node, released);
            spoolAll(cluster);

            rot(node);
            node.engine().chunks().complained(LAYER.digest(), CHUNK, LAST);

            await("the rotten chunk is dropped").atMost(TestNode.LIMIT).until(() -> isDropped(node));
            released.countDown();
            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(cluster.link("a", "b").bytes)
                    .as("only that chunk came again")
                    .hasValue(TRANSFER.bytes() + LAYER.size() - (long) LAST * CHUNK);
        } finally {
            released.countDown();
        }
    }

    @Test
    void isFetchedAgainWhenTheMasterCorrectsItsHash() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        byte[] right = TestCluster.hashesOf(LAYER.bytes());
        byte[] wrong = right.clone();
        wrong[LAST * 32] ^= 1;
        try (TestCluster cluster = new TestCluster(folder, "a")) {
            TestNode node = cluster.addBehindProxy("b");
            hold(node, released);
            spoolAll(cluster);

            node.engine().accept(new Hashes(LAYER.digest(), CHUNK, 0, wrong));
            node.engine().accept(new Hashes(LAYER.digest(), CHUNK, 0, right));

            released.countDown();
            node.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
        } finally {
            released.countDown();
        }
    }

    private static void spoolAll(TestCluster cluster) {
        cluster.push("a", TRANSFER, IMAGE);
        cluster.hashes(IMAGE);
        cluster.assign("b", TRANSFER, route("a"));
        cluster.node("b").await("t1", "all in the spool", report -> report.bytesReceived() == report.bytes());
    }

    private static void hold(TestNode node, CountDownLatch released) {
        node.proxy().rule(request -> {
            if (request.method().equals("PUT") && request.target().contains("/blobs/")) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Optional.empty();
        });
    }

    /** It is dropped, or has come again already. */
    private static boolean isDropped(TestNode node) throws IOException {
        BitSet others = new BitSet();
        others.set(0, LAST);
        Optional<ReadableBlob> found = node.engine().chunks().open(APP, LAYER.digest(), LAYER.size(), CHUNK);
        if (found.isEmpty()) {
            return true;
        }
        try (ReadableBlob view = found.get()) {
            return view.next(others) < 0 || node.report("t1").retries() > 0;
        }
    }

    private static void rot(TestNode node) throws IOException {
        Path file;
        try (var files = Files.list(node.folder().resolve("spool"))) {
            file = files.filter(path -> path.toString().contains(LAYER.hex())
                            && path.toString().endsWith(".blob"))
                    .findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile blob = new RandomAccessFile(file.toFile(), "rw")) {
            blob.seek((long) LAST * CHUNK);
            int first = blob.read();
            blob.seek((long) LAST * CHUNK);
            blob.write(first ^ 1);
        }
    }
}
