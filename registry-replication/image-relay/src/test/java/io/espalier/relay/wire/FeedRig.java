package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Want;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A parent and its children, and a source of blobs; whatever a test opens is closed, and nothing may be left of it. */
abstract class FeedRig {
    static final int CHUNK = 64 << 10;
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final int MANY = 20_000;

    final TestCluster cluster = new TestCluster();
    final TestCluster.Identity childIdentity = cluster.issue("child");
    final MemorySource source = new MemorySource();
    private final List<AutoCloseable> opened = new ArrayList<>();

    FeedRig() throws Exception {}

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        await("threads of feeds end").atMost(LIMIT).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("relay-feed")));
        assertThat(source.openBlobs()).as("blobs left open").isZero();
    }

    TestNode parent(long uplink) throws Exception {
        return keep(TestNode.start(cluster.issue("parent"), source, uplink));
    }

    TestNode child() throws Exception {
        return keep(TestNode.start(childIdentity, source, 0));
    }

    <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    static Want want(int id, String repository, int chunks, int priority, long rate, int... have) {
        BitSet has = new BitSet();
        for (int chunk : have) {
            has.set(chunk);
        }
        return new Want(id, repository, MemorySource.digest(id), (long) chunks * CHUNK - 5, CHUNK, priority, rate, has);
    }
}
