package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.feed.FeedLimits;
import io.espalier.relay.feed.Upstream;
import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.wire.FeedMessages.ParentAlive;
import io.espalier.relay.wire.FeedMessages.Wanted;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedMessagesTest {
    private static final NodeId LYON = new NodeId("lyon");
    private static final NodeId OSLO = new NodeId("oslo");

    private final FeedMessages messages = new FeedMessages();

    private static Want want(Stripe stripe) {
        BitSet have = new BitSet();
        have.set(1);
        return new Want(7, "app", MemorySource.digest(1), 3L << 16, 1 << 16, 5, 0, have, stripe);
    }

    @Test
    void aWantOfAStripeSaysIt() {
        Want want = want(new Stripe(1, 3));
        assertThat(messages.fromChild(messages.want(want))).isEqualTo(new Wanted(want));
    }

    @Test
    void aWantOfAllChunksIsWrittenAsOlderNodesKnowIt() {
        Want want = want(Stripe.WHOLE);
        assertThat(messages.want(want)).doesNotContain("stripe");
        assertThat(messages.fromChild(messages.want(want))).isEqualTo(new Wanted(want));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"stripe\":2,\"stripes\":2",
                "\"stripe\":-1,\"stripes\":2",
                "\"stripes\":17",
                "\"stripes\":\"2\""
            })
    void aStripeThatCannotBeIsRefused(String stripe) {
        String text = messages.want(want(Stripe.WHOLE)).replaceFirst("}$", "," + stripe + "}");
        assertThatThrownBy(() -> messages.fromChild(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its 'stripe");
    }

    @Test
    void aSignOfLifeNamesThePathOfEachStripe() {
        Upstream whole = new Upstream("app", Stripe.WHOLE, List.of(LYON));
        Upstream second = new Upstream("team/app", new Stripe(1, 2), List.of(OSLO, LYON));
        assertThat(messages.fromParent(messages.alive(true, List.of(second, whole))))
                .isEqualTo(new ParentAlive(true, List.of(second, whole)));
    }

    @Test
    void aSignOfLifeOfAnOlderParentIsUnderstood() {
        assertThat(messages.fromParent("{\"type\":\"alive\",\"upstream\":false,\"path\":[\"lyon\"]}"))
                .isEqualTo(new ParentAlive(false, List.of()));
    }

    @Test
    void tooManyPathsAreRefusedAndNeverSent() {
        String path = "{\"repository\":\"app\",\"stripe\":0,\"stripes\":2,\"path\":[]}";
        String text = "{\"type\":\"alive\",\"upstream\":false,\"paths\":[" + (path + ",").repeat(FeedLimits.PATHS)
                + path + "]}";
        assertThatThrownBy(() -> messages.fromParent(text)).hasMessageContaining("at most " + FeedLimits.PATHS);

        List<Upstream> many = IntStream.range(0, 2 * FeedLimits.PATHS)
                .mapToObj(i -> new Upstream("app", new Stripe(i % 2, 2), List.of(LYON)))
                .toList();
        assertThat(messages.fromParent(messages.alive(false, many))).isInstanceOf(ParentAlive.class);
    }
}
