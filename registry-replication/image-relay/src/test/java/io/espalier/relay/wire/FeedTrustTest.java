package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.Feed;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may open a feed, and to whom. */
@Timeout(60)
class FeedTrustTest extends FeedRig {
    FeedTrustTest() throws Exception {}

    @Test
    void aRevokedMemberLosesItsFeedAndGetsNoOther() throws Exception {
        TestNode parent = parent(0);
        TestNode child = child();
        source.add(MemorySource.digest(1), 1);
        Received heard = new Received();
        Feed feed = keep(child.opener.open(parent.address(), heard));
        feed.want(want(1, "app", 2, 5, 0));
        await().atMost(LIMIT).until(() -> heard.of(1).size() == 1);

        cluster.revoke(childIdentity);
        parent.feeds.recheck();

        await().atMost(LIMIT).until(() -> !heard.closed.isEmpty());
        assertThat(heard.closed).singleElement().asString().contains("not accepted");
        assertThatThrownBy(() -> child.opener.open(parent.address(), new Received()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("parent@127.0.0.1");
    }

    @Test
    void aRevokedParentLosesItsFeeds() throws Exception {
        TestCluster.Identity identity = cluster.issue("parent");
        TestNode parent = keep(TestNode.start(identity, source, 0));
        TestNode child = child();
        Received heard = new Received();
        keep(child.opener.open(parent.address(), heard));

        cluster.revoke(identity);
        child.opener.recheck();

        await().atMost(LIMIT).until(() -> !heard.closed.isEmpty());
        assertThat(heard.closed).singleElement().asString().contains("is revoked");
    }

    @Test
    void aStrangerIsRefused() throws Exception {
        TestNode parent = parent(0);
        TestNode stranger = keep(TestNode.start(new TestCluster().issue("child"), source, 0));

        assertThatThrownBy(() -> stranger.opener.open(parent.address(), new Received()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Tried to connect to parent@127.0.0.1");
        assertThat(parent.feeds.feeds(new NodeId("child"))).isZero();
    }

    @Test
    void anotherNodeThanTheOneThatWasMeantIsRefused() throws Exception {
        TestNode parent = parent(0);
        PeerAddress wrong = new PeerAddress(new NodeId("elsewhere"), "127.0.0.1", parent.door.port());

        TestNode child = child();
        assertThatThrownBy(() -> child.opener.open(wrong, new Received()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there answers node parent");
        await().atMost(LIMIT).until(() -> parent.feeds.feeds(childIdentity.node()) == 0);
    }

    @Test
    void moreFeedsThanAChildMayHaveAreRefused() throws Exception {
        TestNode parent = parent(0);
        TestNode child = child();
        for (int i = 0; i < FeedDoor.MAX_FEEDS_OF_A_CHILD; i++) {
            keep(child.opener.open(parent.address(), new Received()));
        }
        await().atMost(LIMIT).until(() -> parent.feeds.feeds(childIdentity.node()) == FeedDoor.MAX_FEEDS_OF_A_CHILD);
        assertThatThrownBy(() -> child.opener.open(parent.address(), new Received()))
                .hasMessageContaining("503")
                .hasMessageContaining("at most");
    }

    @Test
    void withoutTlsTheHeaderNamesTheNode() throws Exception {
        TestNode parent = keep(TestNode.startPlain("parent", source));
        TestNode child = keep(TestNode.startPlain("child", source));
        source.add(MemorySource.digest(1), 2);
        Received heard = new Received();
        Feed feed = keep(child.opener.open(parent.address(), heard));

        feed.want(want(1, "app", 2, 5, 0));

        await().atMost(LIMIT).until(() -> heard.of(1).size() == 2);
        assertThat(parent.feeds.feeds(new NodeId("child"))).isEqualTo(1);
    }
}
