package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Feed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FeedTest extends FeedRig {
    FeedTest() throws Exception {}

    @Test
    void everyMissingChunkComesOnceAndInOrder() throws Exception {
        TestNode parent = parent(0);
        TestNode child = child();
        source.add(MemorySource.digest(1), 50);
        Received heard = new Received();

        Feed feed = keep(child.opener.open(parent.address(), heard));
        feed.want(want(1, "app", 50, 5, 0, 0, 7, 8));

        await().atMost(LIMIT).until(() -> heard.of(1).size() == 47);
        assertThat(heard.of(1))
                .containsExactlyElementsOf(IntStream.range(0, 50)
                        .filter(i -> i != 0 && i != 7 && i != 8)
                        .boxed()
                        .toList());
        assertThat(heard.wrongBytes).hasValue(0);
        assertThat(heard.thread).isEqualTo("relay-feed-from-parent");
        assertThat(parent.counters.counts()).singleElement().satisfies(edge -> assertThat(edge.bytesOut())
                .isEqualTo(47L * CHUNK - 5));
        assertThat(child.counters.counts()).singleElement().satisfies(edge -> assertThat(edge.bytesIn())
                .isEqualTo(47L * CHUNK - 5));
    }

    @Test
    void aChunkThatTheParentGetsLaterIsPassedOnAtOnce() throws Exception {
        TestNode parent = parent(0);
        MemorySource.Blob blob = source.add(MemorySource.digest(1), 0);
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent.address(), heard));
        feed.want(want(1, "app", 3, 5, 0));

        await("upstream is told").atMost(LIMIT).until(() -> heard.alive.contains(true));
        blob.more(2);
        await().atMost(LIMIT).until(() -> heard.of(1).equals(List.of(2)));
        blob.more(0);
        blob.more(1);

        await().atMost(LIMIT).until(() -> heard.of(1).size() == 3);
        assertThat(heard.of(1).get(0)).isEqualTo(2);
    }

    @Test
    void aBlobThatTheParentDoesNotKnowIsRefusedForNow() throws Exception {
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent(0).address(), heard));
        feed.want(want(1, "app", 2, 5, 0));

        await().atMost(LIMIT).until(() -> heard.refusals.size() == 1);
        assertThat(heard.refusals.get(0).retryable()).isTrue();
        assertThat(heard.refusals.get(0).reason()).contains("does not know the blob");
        assertThat(heard.closed).isEmpty();
    }

    @Test
    void aBlobThatTheParentHearsOfLaterIsServed() throws Exception {
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent(0).address(), heard));
        feed.want(want(1, "app", 2, 5, 0));
        await().atMost(LIMIT).until(() -> !heard.alive.isEmpty());

        source.add(MemorySource.digest(1), 2);

        await().atMost(LIMIT).until(() -> heard.of(1).size() == 2);
        assertThat(heard.refusals).isEmpty();
    }

    @Test
    void aBlobThatBreaksIsRefusedAndTheOthersGoOn() throws Exception {
        Received heard = new Received();
        MemorySource.Blob broken = source.add(MemorySource.digest(1), 1);
        source.add(MemorySource.digest(2), 5);
        Feed feed = keep(child().opener.open(parent(0).address(), heard));
        feed.want(want(1, "app", 2, 5, 0));
        await().atMost(LIMIT).until(() -> heard.of(1).size() == 1);

        broken.breakWith("the transfer was cancelled");
        feed.want(want(2, "app", 5, 5, 0));

        await().atMost(LIMIT).until(() -> heard.of(2).size() == 5);
        assertThat(heard.refusals).singleElement().satisfies(refusal -> {
            assertThat(refusal.want()).isEqualTo(1);
            assertThat(refusal.reason()).contains("the transfer was cancelled");
            assertThat(refusal.retryable()).isFalse();
        });
    }

    @Test
    void aReleasedWantIsServedNoMore() throws Exception {
        TestNode parent = parent(2_000_000);
        source.add(MemorySource.digest(1), MANY);
        source.add(MemorySource.digest(2), MANY);
        Received heard = new Received();
        Feed feed = keep(child().opener.open(parent.address(), heard));
        feed.want(want(1, "app", MANY, 5, 0));
        await().atMost(LIMIT).until(() -> heard.of(1).size() > 3);

        feed.release(1);
        feed.want(want(2, "app", MANY, 5, 0));

        await().atMost(LIMIT).until(() -> heard.of(2).size() > 3);
        int then = heard.of(1).size();
        await().atMost(LIMIT).until(() -> heard.of(2).size() > 20);
        assertThat(heard.of(1)).hasSize(then);
    }
}
