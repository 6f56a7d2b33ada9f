package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.ClusterAuthority;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class MasterStateTest {
    private final MasterState state = new MasterState(Clock.systemUTC());

    private String problem() {
        return state.view().problem();
    }

    @Test
    void removedNodeKeepsTheMastersWordsHoweverOftenItIsTurnedAway() {
        state.connected();
        state.away(ClusterAuthority.REMOVED);
        state.turnedAway();
        state.turnedAway();
        assertThat(problem())
                .isEqualTo("the node was removed from the cluster; to let it join again give it a new join token");
    }

    @Test
    void nodeThatIsTurnedAwayWithoutAWordNamesWhatMayBe() {
        state.connected();
        state.away("nothing was heard for 3000 ms");
        state.turnedAway();
        assertThat(problem()).contains("before it answered", "new join token");
    }

    @Test
    void nodeThatJoinedAgainHasForgottenThatItWasRemoved() {
        state.away(ClusterAuthority.REMOVED);
        state.connected();
        assertThat(problem()).isEmpty();
        state.turnedAway();
        assertThat(problem()).contains("before it answered");
    }
}
