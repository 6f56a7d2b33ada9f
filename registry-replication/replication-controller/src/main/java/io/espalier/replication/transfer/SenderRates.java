package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What nodes got of one transfer from each of their senders lately. Not thread-safe. */
final class SenderRates {
    /** Reports that come sooner say too little. */
    private static final long LEAST_MILLIS = 900;

    private record Lately(Instant at, Map<String, Long> bytes, Map<String, Long> rates) {}

    private final Map<NodeId, Lately> nodes = new HashMap<>();

    void note(NodeId node, TransferReport report, Instant at) {
        if (report.state() != TransferState.RECEIVING) {
            nodes.remove(node);
            return;
        }
        Lately before = nodes.get(node);
        if (before == null) {
            nodes.put(node, new Lately(at, report.bytesFrom(), Map.of()));
            return;
        }
        long millis = Duration.between(before.at(), at).toMillis();
        if (millis >= LEAST_MILLIS || millis < 0) {
            nodes.put(node, new Lately(at, report.bytesFrom(), rates(before, report, millis)));
        }
    }

    private static Map<String, Long> rates(Lately before, TransferReport report, long millis) {
        Map<String, Long> rates = new HashMap<>();
        if (millis > 0) {
            report.bytesFrom().forEach((sender, bytes) -> {
                long more = Math.max(0, bytes - before.bytes().getOrDefault(sender, 0L));
                rates.put(sender, more * 1_000 / millis);
            });
        }
        return Map.copyOf(rates);
    }

    /** Bytes a second by sender; empty until the node has said it twice, and while it receives nothing. */
    Map<String, Long> of(NodeId node) {
        Lately lately = nodes.get(requireNonNull(node, "node is null"));
        return lately == null ? Map.of() : lately.rates();
    }

    void forget(NodeId node) {
        nodes.remove(node);
    }
}
