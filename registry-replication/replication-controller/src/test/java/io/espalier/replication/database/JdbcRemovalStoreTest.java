package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.RemovalStore.RemovalPart;
import io.espalier.replication.store.RemovalStore.RemovalRow;
import io.espalier.replication.store.RemovalStore.State;
import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore.NewTransfer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JdbcRemovalStoreTest extends StoreRig {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    private JdbcRemovalStore store;

    @BeforeEach
    void use() {
        store = database.removals();
    }

    private static RemovalRow row(String id, String tag, State state) {
        return new RemovalRow(id, "shop/web", tag, DIGEST, 0, state, false, "why", "", NOW, NOW);
    }

    private void change(String tag, String digest, Instant now) {
        assertThat(database.transfers()
                        .change(
                                "shop/web",
                                tag,
                                digest,
                                10,
                                now,
                                generation -> new NewTransfer(tag + generation, "{}")))
                .isPresent();
    }

    @Test
    void openRemovalsOutliveARestart() {
        assertThat(store.newestGeneration()).isZero();
        store.save(row("1", "1.0", State.GRACE));
        store.save(row("2", "2.0", State.DONE));
        store.save(row("1", "1.0", State.HELD));
        reopen();
        use();
        assertThat(store.open()).containsExactly(row("1", "1.0", State.HELD));
        assertThat(store.done(5)).extracting(RemovalRow::id).containsExactly("2");
        store.forget("1");
        assertThat(store.open()).isEmpty();
        assertThat(store.prune(NOW.plusMillis(1))).isOne();
        assertThat(store.done(5)).isEmpty();
    }

    @Test
    void anIdThatIsTakenIsNotTakenAgain() {
        store.add(row("1", "1.0", State.GRACE));
        assertThatThrownBy(() -> store.add(row("1", "2.0", State.GRACE))).isInstanceOf(StoreException.class);
        assertThat(store.open()).containsExactly(row("1", "1.0", State.GRACE));
    }

    @Test
    void anOrderTakesTheTagOutOfReplicationUntilItIsPushedAgain() {
        change("1.0", DIGEST, NOW);
        long before =
                database.transfers().image("shop/web", "1.0").orElseThrow().generation();

        RemovalRow ordered = store.order(
                        row("1", "1.0", State.GRACE), List.of(A, B), NOW, generation -> "order " + generation)
                .orElseThrow();

        assertThat(ordered.generation()).isGreaterThan(before);
        assertThat(store.newestGeneration()).isEqualTo(ordered.generation());
        assertThat(ordered.body()).isEqualTo("order " + ordered.generation());
        assertThat(store.open()).containsExactly(ordered);
        assertThat(store.parts("1")).extracting(RemovalPart::node).containsExactly(A, B);
        assertThat(store.openParts()).isEqualTo(store.parts("1"));
        assertThat(database.transfers().current()).isEmpty();
        assertThat(database.transfers().newest("shop/web", "1.0")).isEmpty();
        assertThat(database.transfers().unfinished()).isEmpty();

        change("1.0", DIGEST, NOW);
        assertThat(database.transfers().image("shop/web", "1.0").orElseThrow().generation())
                .isGreaterThan(ordered.generation());
        assertThat(database.transfers().current()).hasSize(1);
    }

    @Test
    void anOrderForAnotherDigestThanTheTagHasChangesNothing() {
        change("1.0", "sha256:" + "cd".repeat(32), NOW);

        assertThat(store.order(row("1", "1.0", State.GRACE), List.of(A), NOW, generation -> "order"))
                .isEqualTo(Optional.empty());

        assertThat(store.open()).isEmpty();
        assertThat(database.transfers().current()).hasSize(1);
    }

    @Test
    void answersAreKeptAndGoWithTheirNode() {
        change("1.0", DIGEST, NOW);
        store.order(row("1", "1.0", State.GRACE), List.of(A, B), NOW, generation -> "order");
        RemovalPart answer = new RemovalPart("1", A, "DONE", "x".repeat(5_000), 2, NOW);
        store.save(answer);
        store.save(new RemovalPart("unknown", A, "DONE", "", 1, NOW));
        reopen();
        use();
        RemovalPart kept = store.parts("1").get(0);
        assertThat(kept.outcome()).isEqualTo("DONE");
        assertThat(kept.sentence()).hasSize(2_000);
        store.save(row("1", "1.0", State.DONE));
        assertThat(store.openParts()).isEmpty();
        store.forget(A);
        assertThat(store.parts("1")).extracting(RemovalPart::node).containsExactly(B);
    }
}
