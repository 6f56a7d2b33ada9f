package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import org.junit.jupiter.api.Test;

class SlowMovesTest {
    private static final NodeId PARENT = new NodeId("parent");
    private static final NodeId BACKUP = new NodeId("backup");

    private final SlowMoves moves = new SlowMoves();

    @Test
    void aTransferStaysWhenAnotherSourceWasHardlyFaster() {
        assertThat(moves.mayLeave()).isTrue();
        moves.left(PARENT, 1_000);
        moves.seen(BACKUP, 1_400);
        moves.seen(PARENT, 9_000);
        assertThat(moves.mayLeave()).isFalse();
    }

    @Test
    void aTransferLeavesAgainWhenThatHasHelped() {
        moves.left(PARENT, 1_000);
        moves.seen(BACKUP, 300);
        moves.seen(BACKUP, 1_600);
        assertThat(moves.mayLeave()).isTrue();
    }
}
