package io.espalier.replication.measure;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What each node can send and receive, from copies and from real transfers.
 *
 * <p>A copy carries the lesser of the sender's uplink and the receiver's downlink, so a node's own limit shows at its fastest
 * pairs, not at its slowest: of four and more the second fastest counts, so that one lucky sample does not. Real transfers share
 * an uplink, so their rates at one time are added up. They can always raise an estimate; they lower an uplink only when something
 * says that the uplink was the limit: the parent itself got its data a quarter faster, or is the source, and the child has shown
 * that it can take a quarter more.
 */
final class Bandwidths {
    private static final Duration TOGETHER = Duration.ofSeconds(30);
    private static final double CLEARLY = 1.25;

    private final Map<NodeId, Seen> uplinks = new HashMap<>();
    private final Map<NodeId, Seen> downlinks = new HashMap<>();
    private final Map<NodeId, List<RateRow>> sent = new HashMap<>();
    private final Map<NodeId, List<RateRow>> received = new HashMap<>();
    private final long linkLimit;

    /** Copies of one node in one direction. */
    private record Seen(List<Long> rates, Instant newest) {
        static Seen merge(Seen a, Seen b) {
            List<Long> all = new ArrayList<>(a.rates);
            all.addAll(b.rates);
            return new Seen(all, a.newest.isAfter(b.newest) ? a.newest : b.newest);
        }

        double upper() {
            List<Long> sorted =
                    rates.stream().sorted(Comparator.reverseOrder()).limit(2).toList();
            return sorted.get(rates.size() >= 4 ? 1 : 0);
        }
    }

    /** @param linkLimit what every link is limited to, 0 for nothing */
    Bandwidths(Collection<MeasurementRow> rows, Collection<RateRow> rates, long linkLimit) {
        this.linkLimit = linkLimit;
        for (MeasurementRow row : rows) {
            if (row.mode() == MeasureMode.COPY && row.bytesPerSecond() > 0) {
                Seen seen = new Seen(List.of(row.bytesPerSecond()), row.at());
                uplinks.merge(row.to(), seen, Seen::merge);
                downlinks.merge(row.from(), seen, Seen::merge);
            }
        }
        for (RateRow rate : rates) {
            sent.computeIfAbsent(rate.parent(), node -> new ArrayList<>()).add(rate);
            received.computeIfAbsent(rate.child(), node -> new ArrayList<>()).add(rate);
        }
    }

    /** Bytes per second that the node can receive; empty when nothing is known. */
    OptionalDouble downlink(NodeId node) {
        @Nullable Seen copies = downlinks.get(node);
        double most = fastest(received.get(node));
        return copies == null ? OptionalDouble.empty() : OptionalDouble.of(Math.max(copies.upper(), most));
    }

    /**
     * Bytes per second that the node can send; empty when nothing is known.
     *
     * @param source whether it is the root of every tree
     * @param unknown what is reckoned with for a node of which nothing is known
     */
    OptionalDouble uplink(NodeId node, boolean source, double unknown) {
        @Nullable Seen copies = uplinks.get(node);
        List<RateRow> latest = latest(sent.get(node));
        if (latest.isEmpty()) {
            return copies == null ? OptionalDouble.empty() : OptionalDouble.of(copies.upper());
        }
        double together = latest.stream().mapToDouble(RateRow::bytesPerSecond).sum();
        boolean limit = latest.stream().anyMatch(rate -> showsUplink(rate, source));
        if (copies == null) {
            return limit || together > unknown ? OptionalDouble.of(together) : OptionalDouble.empty();
        }
        boolean newer = latest.get(0).at().isAfter(copies.newest());
        return OptionalDouble.of(limit && newer ? together : Math.max(copies.upper(), together));
    }

    private boolean showsUplink(RateRow edge, boolean source) {
        double rate = edge.bytesPerSecond();
        if (linkLimit > 0 && rate * CLEARLY > linkLimit) {
            return false;
        }
        boolean fed = source || fastest(received.get(edge.parent())) > CLEARLY * rate;
        return fed && downlink(edge.child()).orElse(0) > CLEARLY * rate;
    }

    private static double fastest(@Nullable List<RateRow> rates) {
        return rates == null
                ? 0
                : rates.stream().mapToDouble(RateRow::bytesPerSecond).max().orElse(0);
    }

    /** Those that were seen at about the same time as the newest, newest first. */
    private static List<RateRow> latest(@Nullable List<RateRow> rates) {
        if (rates == null) {
            return List.of();
        }
        List<RateRow> newest = rates.stream()
                .sorted(Comparator.comparing(RateRow::at).reversed())
                .toList();
        Instant since = newest.get(0).at().minus(TOGETHER);
        return newest.stream().filter(rate -> !rate.at().isBefore(since)).toList();
    }
}
