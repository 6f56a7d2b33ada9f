package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.wire.Complaints.Doubt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComplaintsTest {
    private static final long SECOND = 1_000_000_000L;

    private final Complaints complaints = new Complaints(0);

    @Test
    void namesTheChunkOfAWant() {
        complaints.wanted(FeedRig.want(7, "app", 5, 5, 0));
        assertThat(complaints.take(7, 4, 0)).contains(new Doubt(MemorySource.digest(7), FeedRig.CHUNK, 4));
    }

    @Test
    void ignoresAWantThatIsNotKnown() {
        assertThat(complaints.take(7, 4, 0)).isEmpty();
    }

    @Test
    void refusesAChunkBeyondTheEnd() {
        complaints.wanted(FeedRig.want(7, "app", 5, 5, 0));
        assertThatThrownBy(() -> complaints.take(7, 5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chunk 5 but want 7 has 5 chunks");
    }

    @Test
    void hearsOnlySoManyComplaints() {
        complaints.wanted(FeedRig.want(7, "app", 5, 5, 0));
        assertThat(heard(100, SECOND)).isEqualTo(8);
        assertThat(heard(100, 9 * SECOND)).isEqualTo(4);
        assertThat(heard(100, 10_000 * SECOND)).isEqualTo(8);
    }

    private long heard(int said, long now) {
        return IntStream.range(0, said)
                .filter(i -> complaints.take(7, 0, now).isPresent())
                .count();
    }

    @Test
    void keepsABoundedNumberOfWants() {
        for (int id = 0; id < 3000; id++) {
            complaints.wanted(FeedRig.want(id, "app", 5, 5, 0));
        }
        assertThat(complaints.take(100, 0, 0)).isEmpty();
        assertThat(complaints.take(2999, 0, 0)).isPresent();
    }
}
