package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Feed;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets how much of a link, and that nobody slow holds up others. */
@Timeout(60)
class FeedSharesTest extends FeedRig {
    /** Chunks on their way when a measurement begins, and in the buffers of both ends. */
    private static final long HELD_UP = 12L * CHUNK;

    FeedSharesTest() throws Exception {}

    @Test
    void wantsOfOneFeedShareItByPriority() throws Exception {
        TestNode parent = parent(8_000_000);
        source.add(MemorySource.digest(1), MANY);
        source.add(MemorySource.digest(2), MANY);
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent.address(), heard));

        feed.want(want(1, "app/a", MANY, 9, 0));
        feed.want(want(2, "app/b", MANY, 3, 0));

        await().atMost(LIMIT).until(() -> heard.bytesOf(1) + heard.bytesOf(2) > 12_000_000);
        assertThat((double) heard.bytesOf(1) / heard.bytesOf(2)).isCloseTo(3, within(0.45));
    }

    @Test
    void twoChildrenShareTheUplinkByPriority() throws Exception {
        TestNode parent = parent(8_000_000);
        source.add(MemorySource.digest(1), MANY);
        source.add(MemorySource.digest(2), MANY);
        TestNode other = keep(TestNode.start(cluster.issue("other"), source, 0));
        Received first = new Received();
        Received second = new Received();
        Feed one = keep(child().opener.open(parent.address(), first));
        Feed two = keep(other.opener.open(parent.address(), second));

        one.want(want(1, "app/a", MANY, 9, 0));
        two.want(want(2, "app/b", MANY, 3, 0));

        await().atMost(LIMIT).until(() -> first.bytesOf(1) > 0 && second.bytesOf(2) > 0);
        long firstBefore = first.bytesOf(1);
        long secondBefore = second.bytesOf(2);
        await().atMost(LIMIT).until(() -> first.bytesOf(1) + second.bytesOf(2) > firstBefore + 12_000_000);
        assertThat((double) (first.bytesOf(1) - firstBefore) / (second.bytesOf(2) - secondBefore))
                .isCloseTo(3, within(0.45));
    }

    @Test
    void wantsOfOneImageKeepToItsRateTogether() throws Exception {
        TestNode parent = parent(0);
        source.add(MemorySource.digest(1), MANY);
        source.add(MemorySource.digest(2), MANY);
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent.address(), heard));
        long rate = 4_000_000;

        feed.want(want(1, "app", MANY, 5, rate));
        feed.want(want(2, "app", MANY, 5, rate));

        await().atMost(LIMIT).until(() -> heard.bytesOf(1) > 500_000);
        assertRateIsKept(() -> heard.bytesOf(1) + heard.bytesOf(2), rate);
        assertThat(heard.of(2))
                .as("chunks of the later blob while the first has some")
                .isEmpty();
    }

    /** Only from above: on a busy machine a late wake-up costs rate. What one link may hold up is allowed on top. */
    private static void assertRateIsKept(LongSupplier received, long rate) {
        long begin = System.nanoTime();
        long before = received.getAsLong();
        await().atMost(LIMIT).until(() -> received.getAsLong() > before + 2 * rate);
        long bytes = received.getAsLong() - before;
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(bytes).isLessThan((long) (seconds * rate * 1.05) + HELD_UP);
    }

    @Test
    void theUplinkLimitHoldsForAllChildrenTogether() throws Exception {
        long rate = 6_000_000;
        TestNode parent = parent(rate);
        source.add(MemorySource.digest(1), MANY);
        TestNode other = keep(TestNode.start(cluster.issue("other"), source, 0));
        Received first = new Received();
        Received second = new Received();
        keep(child().opener.open(parent.address(), first)).want(want(1, "app", MANY, 5, 0));
        keep(other.opener.open(parent.address(), second)).want(want(1, "app", MANY, 5, 0));

        await().atMost(LIMIT).until(() -> second.bytesOf(1) > 500_000);
        long firstBefore = first.bytesOf(1);
        long secondBefore = second.bytesOf(1);
        assertRateIsKept(() -> first.bytesOf(1) + second.bytesOf(1), rate);
        // The first had the link for itself before.
        assertThat((double) (first.bytesOf(1) - firstBefore) / (second.bytesOf(1) - secondBefore))
                .isCloseTo(1, within(0.15));
    }

    @Test
    void aSlowChildDoesNotSlowAnother() throws Exception {
        TestNode parent = parent(0);
        source.add(MemorySource.digest(1), MANY);
        CountDownLatch go = new CountDownLatch(1);
        Received slow = new Received() {
            @Override
            public void chunk(int want, int index, ByteBuffer data) {
                super.chunk(want, index, data);
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try {
            Received quick = new Received();
            TestNode other = keep(TestNode.start(cluster.issue("other"), source, 0));
            keep(child().opener.open(parent.address(), slow)).want(want(1, "app", MANY, 5, 0));
            await().atMost(LIMIT).until(() -> slow.of(1).size() == 1);

            keep(other.opener.open(parent.address(), quick)).want(want(1, "app", 100, 5, 0));

            await().atMost(LIMIT).until(() -> quick.of(1).size() == 100);
            assertThat(slow.of(1)).hasSize(1);
            assertThat(slow.closed)
                    .as("a feed whose listener is slow stays open")
                    .isEmpty();
        } finally {
            go.countDown();
        }
        await().atMost(LIMIT).until(() -> slow.of(1).size() > 100);
    }

    @Test
    void aListenerOfUnevenSpeedGetsEveryChunkOnce() throws Exception {
        TestNode parent = parent(0);
        int chunks = 3000;
        source.add(MemorySource.digest(1), chunks);
        CountDownLatch never = new CountDownLatch(1);
        Received uneven = new Received() {
            @Override
            public void chunk(int want, int index, ByteBuffer data) {
                super.chunk(want, index, data);
                try {
                    if (index % 7 == 0 && never.await(index % 5 * 500L, TimeUnit.MICROSECONDS)) {
                        throw new IllegalStateException("nobody counts down");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        keep(child().opener.open(parent.address(), uneven)).want(want(1, "app", chunks, 5, 0));

        await().atMost(LIMIT).until(() -> uneven.of(1).size() == chunks || !uneven.closed.isEmpty());
        assertThat(uneven.closed).isEmpty();
        assertThat(uneven.of(1)).doesNotHaveDuplicates().hasSize(chunks);
        assertThat(uneven.wrongBytes).hasValue(0);
    }
}
