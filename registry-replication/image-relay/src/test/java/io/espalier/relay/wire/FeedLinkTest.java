package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Feed;
import io.espalier.testkit.link.LinkEmulator;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links that are cut, frozen, slow or dead. */
@Timeout(60)
class FeedLinkTest extends FeedRig {
    FeedLinkTest() throws Exception {}

    @Test
    void aFrozenLinkIsNoticedWithinSeconds() throws Exception {
        TestNode parent = parent(0);
        MemorySource.Blob blob = source.add(MemorySource.digest(1), 1);
        try (LinkEmulator link = LinkEmulator.to(parent.door.port())) {
            Received heard = new Received();
            Feed feed = keep(child().opener.open(parent.address(link.port()), heard));
            feed.want(want(1, "app", 2, 5, 0));
            await().atMost(LIMIT).until(() -> heard.of(1).size() == 1 && heard.alive.size() > 3);
            assertThat(heard.closed).isEmpty();

            link.toClient().freeze();
            long begin = System.nanoTime();
            blob.more(1);

            await().atMost(LIMIT).until(() -> !heard.closed.isEmpty());
            // 1.5 s, a look every 150 ms, and what a busy machine adds.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
            assertThat(heard.closed).singleElement().asString().contains("silent for 1500 ms");
        }
    }

    @Test
    void aFeedIsOpenedOverALinkOfTwoSecondsThereAndBack() throws Exception {
        TestNode parent = parent(0);
        try (LinkEmulator link = LinkEmulator.to(parent.door.port())) {
            link.toTarget().delay(Duration.ofSeconds(1));
            link.toClient().delay(Duration.ofSeconds(1));
            Received heard = new Received();
            keep(child().opener.open(parent.address(link.port()), heard));
            await().atMost(LIMIT).until(() -> !heard.alive.isEmpty());
            assertThat(heard.closed).isEmpty();
        }
    }

    @Test
    void aCutLinkIsReportedOnceToBothEnds() throws Exception {
        TestNode parent = parent(0);
        source.add(MemorySource.digest(1), 1);
        try (LinkEmulator link = LinkEmulator.to(parent.door.port())) {
            Received heard = new Received();
            Feed feed = keep(child().opener.open(parent.address(link.port()), heard));
            feed.want(want(1, "app", 2, 5, 0));
            await().atMost(LIMIT).until(() -> heard.of(1).size() == 1);

            link.cut();

            await().atMost(LIMIT).until(() -> heard.closed.size() == 1);
            await().atMost(LIMIT).until(() -> parent.feeds.feeds(childIdentity.node()) == 0);
            feed.close();
            assertThat(heard.closed).hasSize(1);
        }
    }

    @Test
    void aParentThatDoesNotAnswerIsGivenUpWithinTenSeconds() throws Exception {
        TestNode parent = parent(0);
        TestNode child = child();
        try (LinkEmulator link = LinkEmulator.to(parent.door.port())) {
            link.toTarget().swallow();
            long begin = System.nanoTime();
            assertThatThrownBy(() -> child.opener.open(parent.address(link.port()), new Received()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("parent@127.0.0.1");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
    }
}
