package io.espalier.replication.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.NodeStore.NodeRow;
import io.espalier.replication.store.TransferStore.ImageRow;
import io.espalier.replication.store.TransferStore.NewTransfer;
import io.espalier.replication.store.TransferStore.PartRow;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every store of transfers keeps to. */
public abstract class TransferStoreContract {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final long FIRST = NOW.toEpochMilli();
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    /** The same empty store for the whole of a test. */
    protected abstract TransferStore transfers();

    /** The members that belong to it. */
    protected abstract NodeStore nodes();

    @Test
    void aChangeMakesATransferOfTheNextGenerationAndSupersedesTheLast() {
        TransferRow first = change("v1", "sha256:1", NOW).orElseThrow();
        TransferRow other = change("v2", "sha256:1", NOW.plusMillis(1)).orElseThrow();
        assertThat(change("v1", "sha256:1", NOW.plusMillis(2))).isEmpty();
        TransferRow second = change("v1", "sha256:2", NOW.plusMillis(3)).orElseThrow();

        assertThat(first)
                .isEqualTo(new TransferRow(
                        "app/web:v1#" + FIRST, "app/web", "v1", "sha256:1", FIRST, 7, "body " + FIRST, NOW, false));
        assertThat(second.generation()).isEqualTo(FIRST + 3);
        assertThat(transfers().image("app/web", "v1"))
                .contains(new ImageRow("app/web", "v1", "sha256:2", FIRST + 3, NOW.plusMillis(3)));
        assertThat(transfers().images()).extracting(ImageRow::tag).containsExactly("v1", "v2");
        assertThat(transfers().transfer(first.id()).orElseThrow().superseded()).isTrue();
        assertThat(transfers().transfers(2)).containsExactly(second.withoutBody(), other.withoutBody());
        assertThat(transfers().current()).containsExactlyInAnyOrder(second.withoutBody(), other.withoutBody());
        assertThat(transfers().transfer(second.id()))
                .as("alone it has its body")
                .contains(second);
        assertThat(transfers().transfer("nothing")).isEmpty();
    }

    @Test
    void aTagThatGoesBackToAnOldDigestGetsANewGeneration() {
        change("v1", "sha256:1", NOW);
        change("v1", "sha256:2", NOW);

        assertThat(change("v1", "sha256:1", NOW).orElseThrow().generation()).isEqualTo(FIRST + 2);
    }

    @Test
    void generationsFollowTheClockSoThatALostOrRestoredDatabaseGoesOnAboveWhatNodesHave() {
        change("v1", "sha256:1", NOW);
        long day = NOW.plus(Duration.ofDays(1)).toEpochMilli();
        assertThat(change("v1", "sha256:2", Instant.ofEpochMilli(day))
                        .orElseThrow()
                        .generation())
                .isEqualTo(day);
        assertThat(change("v1", "sha256:3", NOW).orElseThrow().generation())
                .as("when the clock was set back")
                .isEqualTo(day + 1);
    }

    @Test
    void changesOfOneTagAtTheSameTimeGetGenerationsOfTheirOwnAndOneStaysInForce() throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Long> generations = atOnce(8, () -> change("v1", "sha256:" + next.incrementAndGet(), NOW)
                .orElseThrow()
                .generation());

        assertThat(generations)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(FIRST, FIRST + 8).boxed().toList());
        assertThat(transfers().transfers(100))
                .filteredOn(row -> !row.superseded())
                .hasSize(1);
        assertThat(transfers().current())
                .containsExactlyElementsOf(transfers().transfers(100).stream()
                        .filter(row -> !row.superseded())
                        .toList());
        assertThat(transfers().image("app/web", "v1").orElseThrow().generation())
                .isEqualTo(FIRST + 7);
    }

    @Test
    void theSameDigestSeenByManyAtTheSameTimeMakesOneTransfer() throws Exception {
        List<Boolean> made = atOnce(8, () -> change("v1", "sha256:1", NOW).isPresent());

        assertThat(made).containsOnlyOnce(true);
        assertThat(transfers().transfers(100)).hasSize(1);
    }

    @Test
    void aGenerationThatWasRaisedIsCountedOnAlsoForTheSameDigest() {
        change("v1", "sha256:1", NOW);
        transfers().raise("app/web", "v1", FIRST + 7);
        transfers().raise("app/web", "v1", FIRST + 6);
        transfers().raise("app/web", "none", FIRST + 9);

        assertThat(change("v1", "sha256:1", NOW).orElseThrow().generation()).isEqualTo(FIRST + 8);
        transfers().raise("app/web", "v1", FIRST + 8);
        assertThat(change("v1", "sha256:1", NOW)).isEmpty();
        assertThat(transfers().images()).hasSize(1);
    }

    @Test
    void theNewestOfATagIsItsHighestGeneration() {
        change("v1", "sha256:1", NOW);
        TransferRow second = change("v1", "sha256:2", NOW).orElseThrow();
        change("v2", "sha256:3", NOW);

        assertThat(transfers().newest("app/web", "v1")).contains(second);
        assertThat(transfers().newest("app/web", "v3")).isEmpty();
    }

    @Test
    void aChangeWhoseBodyCannotBeMadeChangesNothing() {
        assertThatThrownBy(() -> transfers().change("app/web", "v1", "sha256:1", 7, NOW, generation -> {
                    throw new IllegalStateException("no body");
                }))
                .hasMessageContaining("no body");

        assertThat(transfers().images()).isEmpty();
        assertThat(change("v1", "sha256:1", NOW).orElseThrow().generation()).isEqualTo(FIRST);
    }

    @Test
    void unfinishedIsWhatSomeMemberStillLacks() {
        nodes().save(row(A, true));
        nodes().save(row(B, false));
        TransferRow row = change("v1", "sha256:1", NOW).orElseThrow();
        transfers().saveParts(List.of(part(row, A, TransferState.DONE), part(row, B, TransferState.RETRYING)));
        assertThat(transfers().unfinished()).containsExactly(row.withoutBody());

        transfers().saveParts(List.of(part(row, B, TransferState.DONE)));
        assertThat(transfers().unfinished()).isEmpty();

        nodes().save(row(new NodeId("late"), false));
        assertThat(transfers().unfinished()).containsExactly(row.withoutBody());

        TransferRow newer = change("v1", "sha256:2", NOW).orElseThrow();
        assertThat(transfers().unfinished()).containsExactly(newer.withoutBody());
    }

    @Test
    void replacesPartsAndLeavesOutThoseOfUnknownTransfers() {
        TransferRow row = change("v1", "sha256:1", NOW).orElseThrow();
        PartRow done = part(row, A, TransferState.DONE);
        transfers().saveParts(List.of(part(row, A, TransferState.RECEIVING), part(row, B, TransferState.WAITING)));
        transfers().saveParts(List.of(done, new PartRow("pruned", A, report("pruned", TransferState.DONE, ""), NOW)));

        assertThat(transfers().parts(row.id())).containsExactly(done, part(row, B, TransferState.WAITING));
        assertThat(transfers().parts("pruned")).isEmpty();
    }

    @Test
    void aNodeThatWasRemovedHasNothingWhenItComesBack() {
        nodes().save(row(A, false));
        TransferRow row = change("v1", "sha256:1", NOW).orElseThrow();
        transfers().saveParts(List.of(part(row, A, TransferState.DONE)));

        nodes().remove(A, NOW);
        nodes().save(row(A, false));

        assertThat(transfers().parts(row.id())).isEmpty();
        assertThat(transfers().unfinished()).containsExactly(row.withoutBody());
    }

    @Test
    void prunesOldTransfersButNeverTheNewestOfATag() {
        TransferRow first = change("v1", "sha256:1", NOW).orElseThrow();
        transfers().saveParts(List.of(part(first, A, TransferState.SUPERSEDED)));
        TransferRow second = change("v1", "sha256:2", NOW).orElseThrow();

        assertThat(transfers().prune(NOW)).isZero();
        assertThat(transfers().prune(NOW.plusMillis(1))).isEqualTo(1);
        assertThat(transfers().transfers(100)).containsExactly(second.withoutBody());
        assertThat(transfers().parts(first.id())).isEmpty();
    }

    private Optional<TransferRow> change(String tag, String digest, Instant now) {
        return transfers()
                .change(
                        "app/web",
                        tag,
                        digest,
                        7,
                        now,
                        generation -> new NewTransfer("app/web:" + tag + "#" + generation, "body " + generation));
    }

    private static PartRow part(TransferRow row, NodeId node, TransferState state) {
        return new PartRow(row.id(), node, report(row.id(), state, "the registry answered 429 'later'"), NOW);
    }

    private static TransferReport report(String transfer, TransferState state, String problem) {
        return new TransferReport(transfer, state, 10, 1, 2, 3, 4, "b", 5, problem, 6);
    }

    /** Lets them begin together and answers what each found. */
    public static <T> List<T> atOnce(int count, Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(Collections.nCopies(count, work))) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** A member. */
    public static NodeRow row(NodeId id, boolean master) {
        return new NodeRow(id, id + ".example", 8490, "http://127.0.0.1:5000", "berlin", master, "0f", NOW, NOW, "");
    }
}
