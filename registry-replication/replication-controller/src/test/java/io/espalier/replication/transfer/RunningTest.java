package io.espalier.replication.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.store.TransferStore.TransferRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunningTest {
    private static final NodeId NODE = new NodeId("lyon");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final Running running = new Running(
            new TransferRow("t1", "shop/web", "1.0", "sha256:01", 1, 1_000, "", START, false),
            new Transfer("t1", "shop/web", List.of(), List.of(), List.of(), Transfer.MIN_CHUNK_BYTES, 5, 0),
            List.of());

    RunningTest() {
        running.send(NODE, Route.root(), route -> true);
    }

    private void says(TransferState state, long received, Duration after) {
        TransferReport report = new TransferReport("t1", state, 1_000, 0, received, 0, 0, "", 0, "", 5);
        running.report(NODE, report, START.plus(after));
    }

    @Test
    void aNodeThatQueuesIsNotIdleAndHasTimeForItsFirstByte() {
        says(TransferState.WAITING, 0, Duration.ZERO);
        assertThat(running.idleSince(NODE)).isEmpty();
        says(TransferState.RECEIVING, 0, Duration.ofHours(1));
        assertThat(running.idleSince(NODE)).contains(START.plus(Duration.ofHours(1)));
    }

    @Test
    void ratesOfSendersAreThoseSinceTheReportBefore() {
        receives(0, Map.of("a", 100_000L));
        assertThat(rates()).isEmpty();
        receives(1_000, Map.of("a", 400_000L, "b", 50_000L));
        assertThat(rates()).containsOnly(entry("a", 300_000L), entry("b", 50_000L));
        receives(1_100, Map.of("a", 500_000L, "b", 50_000L));
        assertThat(rates()).as("too soon").containsOnly(entry("a", 300_000L), entry("b", 50_000L));
        receives(3_000, Map.of("a", 600_000L, "b", 50_000L));
        assertThat(rates()).containsOnly(entry("a", 100_000L), entry("b", 0L));
        says(TransferState.RETRYING, 650_000, Duration.ofSeconds(4));
        assertThat(rates()).isEmpty();
    }

    private void receives(long millis, Map<String, Long> from) {
        long all = from.values().stream().mapToLong(bytes -> bytes).sum();
        TransferReport report = new TransferReport(
                "t1", TransferState.RECEIVING, 1_000, 0, all, 0, 0, "a", 0, "", 5, 0L, List.of("a", "b"), from);
        running.report(NODE, report, START.plusMillis(millis));
    }

    private Map<String, Long> rates() {
        return running.progress(List.of(NODE), node -> true).get(0).rates();
    }

    @Test
    void onlyTheTimeInWhichItReceivesCountsAsIdle() {
        says(TransferState.RECEIVING, 10, Duration.ZERO);
        says(TransferState.RETRYING, 10, Duration.ofSeconds(15));
        assertThat(running.idleSince(NODE)).isEmpty();
        says(TransferState.RECEIVING, 10, Duration.ofHours(8));
        assertThat(running.idleSince(NODE))
                .as("15 s before and none in the wait")
                .contains(START.plus(Duration.ofHours(8)).minusSeconds(15));
        says(TransferState.RECEIVING, 10, Duration.ofHours(9));
        assertThat(running.idleSince(NODE))
                .contains(START.plus(Duration.ofHours(8)).minusSeconds(15));
        says(TransferState.RECEIVING, 11, Duration.ofHours(10));
        assertThat(running.idleSince(NODE)).contains(START.plus(Duration.ofHours(10)));
    }
}
