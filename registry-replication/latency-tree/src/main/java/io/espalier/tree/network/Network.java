package io.espalier.tree.network;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable view of the nodes that take part and of what is known about the paths between them. Nodes are numbered from 0;
 * whether a node is up is the caller's filter. Holds measured pairs only, so 10,000 nodes with 32 samples each need no matrix.
 * Units: milliseconds, bytes, bytes per second. Thread-safe.
 */
public final class Network {
    private final String[] ids;
    private final Map<String, Integer> numbers;
    private final int[][] peers;
    private final double[][] rtt;
    private final double[][] jitter;
    private final double[] uplink;
    private final double[] downlink;
    private final boolean[] assumed;
    private final int[] maxChildren;
    private final @Nullable String[] sites;
    private final @Nullable Coordinates coordinates;
    private final double windowBytes;

    Network(NetworkBuilder from) {
        int size = from.size();
        ids = from.ids.clone();
        numbers = Map.copyOf(from.numbers());
        peers = new int[size][];
        rtt = new double[size][];
        jitter = new double[size][];
        for (int i = 0; i < size; i++) {
            Map<Integer, NetworkBuilder.Sample> row = from.samples.get(i);
            peers[i] = row.keySet().stream().mapToInt(Integer::intValue).toArray();
            rtt[i] = row.values().stream()
                    .mapToDouble(NetworkBuilder.Sample::rttMillis)
                    .toArray();
            jitter[i] = row.values().stream()
                    .mapToDouble(NetworkBuilder.Sample::jitterMillis)
                    .toArray();
        }
        assumed = new boolean[size];
        uplink = new double[size];
        downlink = new double[size];
        for (int i = 0; i < size; i++) {
            assumed[i] = Double.isNaN(from.uplink[i]) || Double.isNaN(from.downlink[i]);
            uplink[i] = Double.isNaN(from.uplink[i]) ? from.defaultUplink : from.uplink[i];
            downlink[i] = Double.isNaN(from.downlink[i]) ? from.defaultDownlink : from.downlink[i];
        }
        maxChildren = from.maxChildren.clone();
        sites = from.sites.clone();
        coordinates = from.coordinates;
        windowBytes = from.windowBytes;
    }

    private Network(Network from, double[] uplink, double[] downlink) {
        ids = from.ids;
        numbers = from.numbers;
        peers = from.peers;
        rtt = from.rtt;
        jitter = from.jitter;
        assumed = from.assumed;
        maxChildren = from.maxChildren;
        sites = from.sites;
        coordinates = from.coordinates;
        windowBytes = from.windowBytes;
        this.uplink = uplink;
        this.downlink = downlink;
    }

    /**
     * The same network where each node sends and receives at other rates; shares the measurements with this one.
     *
     * @throws IllegalArgumentException when a rate is missing, negative or not a number
     */
    public Network withBandwidth(double[] uplink, double[] downlink) {
        if (uplink.length != size() || downlink.length != size()) {
            throw new IllegalArgumentException("There are " + size() + " nodes but " + uplink.length + " uplinks and "
                    + downlink.length + " downlinks; give one of each for every node.");
        }
        if (!Arrays.stream(uplink).allMatch(rate -> rate >= 0)
                || !Arrays.stream(downlink).allMatch(rate -> rate > 0)) {
            throw new IllegalArgumentException(
                    "Every uplink must be 0 or more and every downlink above 0 bytes per second.");
        }
        return new Network(this, uplink.clone(), downlink.clone());
    }

    /** A builder of a network with these nodes, numbered in this order. */
    public static NetworkBuilder of(String... ids) {
        return new NetworkBuilder(ids);
    }

    /** How many nodes there are. */
    public int size() {
        return ids.length;
    }

    /** The node's name. */
    public String id(int node) {
        return ids[node];
    }

    /** The number of the node with this name. */
    public Optional<Integer> number(String id) {
        return Optional.ofNullable(numbers.get(requireNonNull(id, "id is null")));
    }

    /** The round-trip time to {@code to} as {@code from} measured it, NaN when it has not. */
    public double rttMillis(int from, int to) {
        int at = position(from, to);
        return at < 0 ? Double.NaN : rtt[from][at];
    }

    /** How much {@code from}'s measurements of {@code to} scatter, NaN when it has not measured it. */
    public double jitterMillis(int from, int to) {
        int at = position(from, to);
        return at < 0 ? Double.NaN : jitter[from][at];
    }

    /** Whom the node has measured, ascending. */
    public int[] measuredPeers(int from) {
        return peers[from].clone();
    }

    /** Whether at least one of the two has measured the other. */
    public boolean measured(int a, int b) {
        return position(a, b) >= 0 || position(b, a) >= 0;
    }

    /**
     * The round-trip time to reckon with: the mean of what both ends measured, or what one of them did, or the prediction of the
     * coordinates; NaN when nothing is known.
     */
    public double expectedRttMillis(int a, int b) {
        if (a == b) {
            return 0;
        }
        double there = rttMillis(a, b);
        double back = rttMillis(b, a);
        if (Double.isNaN(there)) {
            there = back;
        } else if (!Double.isNaN(back)) {
            there = (there + back) / 2;
        }
        return Double.isNaN(there) && coordinates != null ? coordinates.predictMillis(a, b) : there;
    }

    /** Bytes per second that the node can send; the builder's default when unknown. */
    public double uplink(int node) {
        return uplink[node];
    }

    /** Bytes per second that the node can receive; the builder's default when unknown. */
    public double downlink(int node) {
        return downlink[node];
    }

    /** Whether the node's uplink or downlink is the default rather than known. */
    public boolean bandwidthAssumed(int node) {
        return assumed[node];
    }

    /** How many children the node may have. */
    public int maxChildren(int node) {
        return maxChildren[node];
    }

    /** The place that the operator named for the node. */
    public Optional<String> site(int node) {
        return Optional.ofNullable(sites[node]);
    }

    /** Bytes that may be under way on one connection; infinite when nothing limits them. A connection carries window / RTT. */
    public double windowBytes() {
        return windowBytes;
    }

    /** The largest round-trip time measured by anyone, NaN when nobody measured. */
    public double largestRttMillis() {
        return Arrays.stream(rtt).flatMapToDouble(Arrays::stream).max().orElse(Double.NaN);
    }

    private int position(int from, int to) {
        int[] row = peers[from];
        // All pairs are measured in small networks: then the place is known without a search.
        if (row.length == ids.length - 1 && from != to) {
            return to < from ? to : to - 1;
        }
        return Arrays.binarySearch(row, to);
    }
}
