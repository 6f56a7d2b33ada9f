package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts of what nodes reported since the controller started. Thread-safe. */
final class TransferFigures {
    /** A link of some tree; the parent is empty where a node did not say from whom it has the bytes. */
    record Edge(String parent, String child) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            int byParent = parent.compareTo(other.parent);
            return byParent != 0 ? byParent : child.compareTo(other.child);
        }
    }

    private final Map<Edge, LongAdder> bytes = new ConcurrentHashMap<>();
    private final LongAdder there = new LongAdder();
    private final LongAdder twice = new LongAdder();
    private final LongAdder retries = new LongAdder();

    /**
     * Counts what is new in a report. Bytes are counted for those from whom the node says that they came. Where it does not, as an
     * older node or one that has restarted, they came from the sender that was named in the report before, since a node says at once
     * that another one sends.
     *
     * @param origin whether it is the node that the image came to, which has all bytes of itself
     * @param before the report before it; empty when it is the first, which then counts whole
     */
    void count(NodeId node, boolean origin, Optional<TransferReport> before, TransferReport report) {
        long received = more(before.map(TransferReport::bytesReceived), report.bytesReceived());
        Map<String, Long> from = from(before, report);
        if (from.values().stream().mapToLong(bytes -> bytes).sum() == received) {
            from.forEach((parent, bytes) -> add(parent, node, bytes));
        } else {
            String parent = before.map(TransferReport::parent)
                    .filter(sender -> !sender.isEmpty())
                    .orElse(report.parent());
            add(parent, node, received);
        }
        if (!origin) {
            there.add(more(before.map(TransferReport::bytesThere), report.bytesThere()));
        }
        twice.add(more(before.map(TransferReport::bytesTwice), report.bytesTwice()));
        retries.add(more(before.map(last -> (long) last.retries()), report.retries()));
    }

    private static Map<String, Long> from(Optional<TransferReport> before, TransferReport report) {
        Map<String, Long> from = new TreeMap<>();
        report.bytesFrom()
                .forEach((parent, now) -> from.put(
                        parent, more(before.map(last -> last.bytesFrom().getOrDefault(parent, 0L)), now)));
        return from;
    }

    private void add(String parent, NodeId child, long more) {
        if (more > 0) {
            bytes.computeIfAbsent(new Edge(parent, child.value()), edge -> new LongAdder())
                    .add(more);
        }
    }

    private static long more(Optional<Long> before, long now) {
        return Math.max(0, now - before.orElse(0L));
    }

    Map<Edge, Long> bytesByEdge() {
        Map<Edge, Long> sums = new TreeMap<>();
        bytes.forEach((edge, sum) -> sums.put(edge, sum.sum()));
        return sums;
    }

    long bytesThere() {
        return there.sum();
    }

    long bytesTwice() {
        return twice.sum();
    }

    long retries() {
        return retries.sum();
    }
}
