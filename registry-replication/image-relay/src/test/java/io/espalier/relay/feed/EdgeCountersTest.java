package io.espalier.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import org.junit.jupiter.api.Test;

class EdgeCountersTest {
    private final EdgeCounters counters = new EdgeCounters();

    @Test
    void namesThatAPeerMakesUpDoNotFillTheMemory() {
        for (int i = 0; i < 3 * EdgeCounters.MOST_PEERS; i++) {
            counters.of(new NodeId("made-up-" + i)).sent(10);
        }
        assertThat(counters.counts()).hasSizeLessThanOrEqualTo(EdgeCounters.MOST_PEERS + 1);
        assertThat(counters.counts().stream()
                        .mapToLong(EdgeCounters.Count::bytesOut)
                        .sum())
                .as("nothing is lost")
                .isEqualTo(30L * EdgeCounters.MOST_PEERS);
        counters.of(new NodeId("made-up-0")).sent(5);
        assertThat(counters.of(new NodeId("made-up-0"))).isSameAs(counters.of(new NodeId("made-up-0")));
    }
}
