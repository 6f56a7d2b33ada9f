package io.espalier.replication.measure;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.member.Member;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import io.espalier.replication.store.MeasurementStore.RateRow;
import io.espalier.tree.network.Coordinates;
import io.espalier.tree.network.NeighbourSampling;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What is known at one moment, as the network that plans are made for. Immutable, thread-safe. */
public final class Estimates {
    private static final int MOST_PASSES = 30;
    private static final int UPDATES = 3_000_000;
    private static final double FAR_MILLIS = 400;

    private final List<MeasurementRow> rows;
    private final Bandwidths bandwidths;
    private final double unknown;

    /**
     * @param unknown bytes per second up and down where nothing is known
     * @param linkLimit what every link is limited to, 0 for nothing
     */
    Estimates(List<MeasurementRow> rows, List<RateRow> rates, long unknown, long linkLimit) {
        this.rows = requireNonNull(rows, "rows is null");
        this.bandwidths = new Bandwidths(rows, rates, linkLimit);
        this.unknown = unknown;
    }

    /**
     * The network of these members, numbered in their order.
     *
     * <p>Round-trip times are those by ping, else those to the registry. In a big cluster, where only neighbours are measured,
     * coordinates predict the rest; a node without any measurement counts as far from everybody.
     */
    public Network network(List<Member> members) {
        Map<NodeId, Integer> numbers = new HashMap<>();
        String[] names = new String[members.size()];
        for (Member member : members) {
            names[numbers.size()] = member.id().value();
            numbers.put(member.id(), numbers.size());
        }
        NetworkBuilder builder = Network.of(names).defaultBandwidth(unknown, unknown);
        for (int node = 0; node < names.length; node++) {
            describe(builder, node, members.get(node));
        }
        List<Sample> samples = samples(numbers);
        samples.forEach(sample -> builder.rtt(sample.from, sample.to, sample.millis, sample.jitter));
        if (names.length > NeighbourSampling.ALL_PAIRS) {
            builder.coordinates(coordinates(names.length, samples));
        }
        return builder.build();
    }

    private void describe(NetworkBuilder builder, int node, Member member) {
        if (!member.site().isEmpty()) {
            builder.site(node, member.site());
        }
        NodeCapacity capacity = member.capacity();
        if (capacity.maxChildren() >= 0) {
            builder.maxChildren(node, capacity.maxChildren());
        }
        OptionalDouble up = limited(
                bandwidths.uplink(member.id(), member.master(), unknown), (double) capacity.uplinkBytesPerSecond());
        OptionalDouble down = bandwidths.downlink(member.id());
        if (up.isPresent() || down.isPresent()) {
            // What is known of one direction at least bounds the other.
            double other = Math.max(unknown, Math.max(up.orElse(0), down.orElse(0)));
            builder.bandwidth(node, up.orElse(unknown), down.orElse(other));
        }
    }

    private static OptionalDouble limited(OptionalDouble seen, double limit) {
        return limit == 0 ? seen : OptionalDouble.of(Math.min(seen.orElse(limit), limit));
    }

    private record Sample(int from, int to, double millis, double jitter) {}

    private List<Sample> samples(Map<NodeId, Integer> numbers) {
        Map<Long, Sample> samples = new HashMap<>();
        for (MeasureMode mode : List.of(MeasureMode.REGISTRY, MeasureMode.PING)) {
            for (MeasurementRow row : rows) {
                @Nullable Integer from = numbers.get(row.from());
                @Nullable Integer to = numbers.get(row.to());
                if (row.mode() == mode && from != null && to != null && !from.equals(to) && row.millis() >= 0) {
                    double jitter = row.jitterMillis() >= 0 ? row.jitterMillis() : 0;
                    samples.put(((long) from << 32) | to, new Sample(from, to, row.millis(), jitter));
                }
            }
        }
        List<Sample> ordered = new ArrayList<>(samples.values());
        ordered.sort(java.util.Comparator.comparingInt(Sample::from).thenComparingInt(Sample::to));
        return ordered;
    }

    private static Coordinates coordinates(int size, List<Sample> samples) {
        Coordinates coordinates = new Coordinates(size);
        int passes = Math.max(4, Math.min(MOST_PASSES, UPDATES / Math.max(1, samples.size())));
        double largest = FAR_MILLIS / 2;
        boolean[] known = new boolean[size];
        for (int pass = 0; pass < passes; pass++) {
            for (Sample sample : samples) {
                coordinates.update(sample.from, sample.to, sample.millis);
                coordinates.update(sample.to, sample.from, sample.millis);
                known[sample.from] = true;
                known[sample.to] = true;
                largest = Math.max(largest, sample.millis);
            }
        }
        for (int node = 0; node < size; node++) {
            if (!known[node]) {
                coordinates.place(node, 0, 0, 0, 2 * largest);
            }
        }
        return coordinates;
    }
}
