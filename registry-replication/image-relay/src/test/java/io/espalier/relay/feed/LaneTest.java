package io.espalier.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.wire.MemorySource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final int CHUNK = 64 << 10;
    private static final int CHUNKS = 9;

    private final MemorySource source = new MemorySource();
    private final Lane lane = new Lane(new Lane.Key("app", 5, 0), 0, 0);

    private void want(int id, int blob, Stripe stripe) {
        String digest = MemorySource.digest(blob);
        ServedWant want = new ServedWant(
                new Want(id, "app", digest, (long) CHUNKS * CHUNK, CHUNK, 5, 0, stripe.others(digest, CHUNKS), stripe),
                0,
                1);
        assertThat(want.open(source, 0, 1, () -> {})).isTrue();
        lane.wants().add(want);
    }

    private List<String> served() throws Exception {
        List<String> served = new ArrayList<>();
        for (ServedWant want = lane.first(); want != null; want = lane.first()) {
            int index = want.next();
            want.sent(index);
            served.add(want.want().blob().substring(70) + ":" + index);
        }
        return served;
    }

    @Test
    void stripesOfABlobAreServedInTheOrderOfTheBlob() throws Exception {
        source.add(MemorySource.digest(1), CHUNKS);
        want(1, 1, new Stripe(0, 3));
        want(2, 1, new Stripe(2, 3));
        want(3, 1, new Stripe(1, 3));

        assertThat(served()).containsExactly("1:0", "1:1", "1:2", "1:3", "1:4", "1:5", "1:6", "1:7", "1:8");
    }

    @Test
    void blobsAreServedInTheOrderOfTheirWants() throws Exception {
        source.add(MemorySource.digest(1), 2);
        source.add(MemorySource.digest(2), 2);
        want(1, 2, Stripe.WHOLE);
        want(2, 1, new Stripe(0, 2));
        want(3, 1, new Stripe(1, 2));

        assertThat(served()).containsExactly("2:0", "2:1", "1:0", "1:1");
    }
}
