package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import java.util.List;
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
     * Counts what is new in a report. A node says at once that another one sends, so what came since the report before came from
     * the sender that was named there.
     *
     * @param origin whether it is the node that the image came to, which has all bytes of itself
     * @param before the report before it; empty when it is the first, which then counts whole
     */
    void count(NodeId node, boolean origin, Optional<TransferReport> before, TransferReport report) {
        long received = more(before.map(TransferReport::bytesReceived), report.bytesReceived());
        if (received > 0) {
            share(
                    before.map(TransferReport::parents)
                            .filter(senders -> !senders.isEmpty())
                            .orElse(report.parents()),
                    node,
                    received);
        }
        if (!origin) {
            there.add(more(before.map(TransferReport::bytesThere), report.bytesThere()));
        }
        twice.add(more(before.map(TransferReport::bytesTwice), report.bytesTwice()));
        retries.add(more(before.map(last -> (long) last.retries()), report.retries()));
    }

    /** Stripes are equally large, so that each of several senders counts the same; a remainder is the first one's. */
    private void share(List<String> senders, NodeId node, long received) {
        List<String> parents = senders.isEmpty() ? List.of("") : senders;
        long each = received / parents.size();
        for (int i = 0; i < parents.size(); i++) {
            bytes.computeIfAbsent(new Edge(parents.get(i), node.value()), edge -> new LongAdder())
                    .add(i == 0 ? received - each * (parents.size() - 1) : each);
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
