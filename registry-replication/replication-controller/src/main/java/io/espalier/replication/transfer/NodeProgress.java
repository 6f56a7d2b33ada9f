package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How far a node is with a transfer.
 *
 * @param report what it said last; of state WAITING and without bytes when it said nothing yet
 * @param at when it said so
 * @param rates bytes a second by sender, lately; empty when not known
 */
public record NodeProgress(NodeId node, boolean connected, TransferReport report, Instant at, Map<String, Long> rates) {
    public NodeProgress {
        rates = Map.copyOf(rates);
        requireNonNull(node, "node is null");
        requireNonNull(report, "report is null");
        requireNonNull(at, "at is null");
    }

    /** Without rates of senders. */
    public NodeProgress(NodeId node, boolean connected, TransferReport report, Instant at) {
        this(node, connected, report, at, Map.of());
    }

    /** The same with another problem. */
    NodeProgress saying(String sentence) {
        return new NodeProgress(node, connected, report.saying(sentence), at, rates);
    }

    /** Bytes that are still to come. */
    public long missing() {
        return report.state().isFinal()
                ? 0
                : Math.max(0, report.bytes() - report.bytesThere() - report.bytesReceived());
    }

    /** What it receives now; 0 for a node that is away, whatever it said last. */
    public long bytesPerSecond() {
        return connected ? report.bytesPerSecond() : 0;
    }

    /** When the last byte will be there at the present rate; empty when nothing moves. */
    public Optional<Duration> remaining() {
        long rate = bytesPerSecond();
        return missing() == 0 || rate <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds((missing() + rate - 1) / rate));
    }
}
