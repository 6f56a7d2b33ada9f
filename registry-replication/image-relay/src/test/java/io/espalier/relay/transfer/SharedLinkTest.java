package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.address;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.striped;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Feed;
import io.espalier.relay.feed.FeedListener;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.spool.Spool;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two blobs of two transfers on one link: what becomes of one must not touch the other. */
@Timeout(60)
class SharedLinkTest {
    private static final Duration HASH_WAIT = Duration.ofSeconds(30);
    private static final long TICK = Duration.ofMillis(100).toNanos();

    @TempDir
    private Path folder;

    private final Map<String, RecordedFeed> feeds = new ConcurrentHashMap<>();
    private final CountDownLatch mayOpen = new CountDownLatch(1);
    private final ExecutorService connector = Executors.newCachedThreadPool();
    private Spool spool;
    private FeedHub hub;

    /** A feed that does nothing but tell what was said, in order; a test may act while a want is being sent. */
    private static final class RecordedFeed implements Feed {
        private final PeerAddress peer;
        private final List<String> said = new CopyOnWriteArrayList<>();
        private final Map<Integer, Runnable> whileWanting = new ConcurrentHashMap<>();

        private RecordedFeed(PeerAddress peer) {
            this.peer = peer;
        }

        @Override
        public PeerAddress peer() {
            return peer;
        }

        @Override
        public void want(Want want) {
            Runnable action = whileWanting.remove(want.id());
            if (action != null) {
                action.run();
            }
            said.add("want " + want.id());
        }

        @Override
        public void release(int want) {
            said.add("release " + want);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws IOException {
        Duration silence = Duration.ofHours(1);
        Duration wait = Duration.ofSeconds(1);
        EngineSettings settings = new EngineSettings(
                Optional.empty(), folder, 64 << 20, 4, silence, Duration.ofSeconds(2), wait, wait, HASH_WAIT);
        spool = Spool.open(folder.resolve("spool"), 64 << 20);
        hub = new FeedHub(this::connect, settings, seen -> {}, connector);
    }

    @AfterEach
    void close() {
        mayOpen.countDown();
        hub.close();
        spool.close();
        connector.shutdownNow();
    }

    private Feed connect(PeerAddress peer, FeedListener listener) throws IOException {
        try {
            mayOpen.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return feed(peer.node().value());
    }

    private RecordedFeed feed(String node) {
        return feeds.computeIfAbsent(node, name -> new RecordedFeed(address(name)));
    }

    private Job job(String id, long seed, Route route) {
        return new Job(
                new Assign(transfer(id, "app", SampleImages.oci(seed, 200_000)), route),
                false,
                EngineSettings.in(folder, 64 << 20),
                () -> {});
    }

    private BlobFetch start(Job job) throws IOException {
        BlobPart part = job.transfer().blobs().stream()
                .max(Comparator.comparingLong(BlobPart::size))
                .orElseThrow();
        BlobFetch fetch =
                new BlobFetch(job, part, spool.open(part.digest(), part.size(), TestCluster.CHUNK), hub, HASH_WAIT);
        fetch.start();
        return fetch;
    }

    private void awaitSaid(String node, String said) {
        await(said + " over the feed to " + node)
                .atMost(Duration.ofSeconds(20))
                .until(() -> feed(node).said.contains(said));
    }

    @Test
    void doesNotReleaseTheWantOfAnotherBlob() throws Exception {
        mayOpen.countDown();
        start(job("steady", 1, route("b")));
        awaitSaid("b", "want 1");
        Job moving = job("moving", 2, route("a", "b"));
        BlobFetch fetch = start(moving);
        awaitSaid("a", "want 1");
        feed("b").whileWanting.put(2, () -> {
            moving.cursors().change(route("c"));
            fetch.rerouted();
        });

        hub.link(address("a")).refused(1, "it does not know it", true);

        awaitSaid("c", "want 1");
        assertThat(feed("b").said).contains("release 2").doesNotContain("release 1");
    }

    @Test
    void aBlobWhoseHashesDoNotComeHoldsUpNoOther() throws Exception {
        mayOpen.countDown();
        start(job("hashless", 1, route("b")));
        awaitSaid("b", "want 1");
        start(job("other", 2, route("b")));
        awaitSaid("b", "want 2");
        long begin = System.nanoTime();

        hub.link(address("b")).chunk(1, 0, ByteBuffer.allocate(TestCluster.CHUNK));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(HASH_WAIT.dividedBy(2));
        assertThat(feed("b").said)
                .as("it is wanted again when hashes have come")
                .contains("release 1");
    }

    @Test
    void aRouteThatChangesWhileHashesAreAwaitedLeavesOneWant() throws Exception {
        mayOpen.countDown();
        Job job = job("hashless", 1, route("b"));
        BlobFetch fetch = start(job);
        awaitSaid("b", "want 1");
        start(job("other", 2, route("b")));
        awaitSaid("b", "want 2");
        hub.link(address("b")).chunk(1, 0, ByteBuffer.allocate(TestCluster.CHUNK));
        assertThat(feed("b").said).contains("release 1");

        job.cursors().change(route("c"));
        fetch.rerouted();
        awaitSaid("c", "want 1");
        SampleBlob blob = SampleImages.oci(1, 200_000).blobs().stream()
                .max(Comparator.comparingLong(SampleBlob::size))
                .orElseThrow();
        spool.hashes(blob.digest(), TestCluster.CHUNK, 0, TestCluster.hashesOf(blob.bytes()));
        fetch.tick();

        assertThat(feed("c").said)
                .as("a second want would bring everything twice")
                .containsExactly("want 1");
    }

    @Test
    void aWantThatIsReleasedBeforeTheFeedIsOpenIsNotSentAfterItsRelease() throws Exception {
        start(job("steady", 1, route("b")));
        Job moving = job("moving", 2, route("b"));
        BlobFetch fetch = start(moving);
        feed("b").whileWanting.put(1, () -> {
            moving.cursors().change(route("c"));
            fetch.rerouted();
        });

        mayOpen.countDown();

        awaitSaid("c", "want 1");
        awaitSaid("b", "want 1");
        assertThat(feed("b").said).doesNotContain("want 2");
    }

    @Test
    void aStripeThatIsThereIsReleasedWhileTheOtherOneIsWanted() throws Exception {
        mayOpen.countDown();
        Job job = job("striped", 1, striped("a", "b"));
        start(job);
        awaitSaid("a", "want 1");
        awaitSaid("b", "want 1");
        SampleBlob blob = SampleImages.oci(1, 200_000).blobs().stream()
                .max(Comparator.comparingLong(SampleBlob::size))
                .orElseThrow();
        byte[] bytes = blob.bytes();
        spool.hashes(blob.digest(), TestCluster.CHUNK, 0, TestCluster.hashesOf(bytes));

        for (int chunk = 0; chunk * TestCluster.CHUNK < bytes.length; chunk++) {
            if (new Stripe(0, 2).has(blob.digest(), chunk)) {
                assertThat(feed("a").said).doesNotContain("release 1");
                int at = chunk * TestCluster.CHUNK;
                hub.link(address("a"))
                        .chunk(
                                1,
                                chunk,
                                ByteBuffer.wrap(bytes, at, Math.min(TestCluster.CHUNK, bytes.length - at))
                                        .slice());
            }
        }

        assertThat(feed("a").said).containsExactly("want 1", "release 1");
        assertThat(feed("b").said).containsExactly("want 1");
        assertThat(hub.upstream())
                .containsExactly(new Upstream(
                        "app", new Stripe(1, 2), List.of(address("b").node())));
    }

    @Test
    void aSlowParentIsLeftAfterAWindow() throws Exception {
        slowParent();
        long now = System.nanoTime();
        for (int i = 0; i < 25; i++) {
            now += TICK;
            hub.tick(now);
        }
        awaitSaid("a", "want 1");
    }

    @Test
    void aNodeThatHasNoTimeDoesNotBlameItsParent() throws Exception {
        slowParent();
        long now = System.nanoTime();
        for (int i = 0; i < 60; i++) {
            now += i % 15 == 0 ? 5 * TICK : TICK;
            hub.tick(now);
        }
        assertThat(feed("b").said).containsExactly("want 1");
        assertThat(feeds).doesNotContainKey("a");
    }

    /** It sends nothing, though it does not say that it waits itself. */
    private void slowParent() throws Exception {
        mayOpen.countDown();
        start(job("slow", 1, Route.along(List.of(address("b"), address("a")), 1_000_000)));
        awaitSaid("b", "want 1");
    }
}
