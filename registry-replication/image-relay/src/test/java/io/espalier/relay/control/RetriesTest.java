package io.espalier.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetriesTest {
    private final Retries retries = new Retries(10, 100, 1_000);

    private long longestOf(int tries, boolean turnedAway) {
        long longest = 0;
        for (int i = 0; i < tries; i++) {
            retries.failed("kind", "It failed.", turnedAway);
            longest = Math.max(longest, retries.nextMillis());
        }
        return longest;
    }

    @Test
    void aNodeThatIsTurnedAwayAgainAndAgainWaitsLonger() {
        assertThat(longestOf(5, true)).isLessThanOrEqualTo(100);
        assertThat(longestOf(20, true)).isBetween(500L, 1_000L);
    }

    @Test
    void aMasterThatIsAwayIsTriedOften() {
        assertThat(longestOf(50, false)).isLessThanOrEqualTo(100);
    }

    @Test
    void theMastersReturnEndsTheLongWaits() {
        longestOf(20, true);
        assertThat(longestOf(5, false)).as("it is away now").isLessThanOrEqualTo(100);
        longestOf(20, true);
        retries.connected();
        retries.heard();
        assertThat(longestOf(5, true)).isLessThanOrEqualTo(100);
    }
}
