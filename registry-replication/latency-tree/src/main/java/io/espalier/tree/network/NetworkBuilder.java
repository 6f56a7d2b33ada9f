package io.espalier.tree.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects what is known about a network. Every value is checked when it is given; not thread-safe. */
public final class NetworkBuilder {
    /** 100 Mbit/s, reckoned with where nothing is known. */
    public static final double DEFAULT_BANDWIDTH = 12.5e6;

    final String[] ids;
    final List<Map<Integer, Sample>> samples = new ArrayList<>();
    final double[] uplink;
    final double[] downlink;
    final int[] maxChildren;
    final @Nullable String[] sites;
    double defaultUplink = DEFAULT_BANDWIDTH;
    double defaultDownlink = DEFAULT_BANDWIDTH;
    double windowBytes = Double.POSITIVE_INFINITY;

    @Nullable
    Coordinates coordinates;

    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    NetworkBuilder(String... ids) {
        this.ids = requireNonNull(ids, "ids is null").clone();
        if (ids.length == 0) {
            throw new IllegalArgumentException("A network needs at least one node; none was given.");
        }
        for (String id : this.ids) {
            if (numbers.put(requireNonNull(id, "id is null"), numbers.size()) != null) {
                throw new IllegalArgumentException("The node '" + id + "' was given twice; names must differ.");
            }
            samples.add(new TreeMap<>());
        }
        uplink = new double[ids.length];
        downlink = new double[ids.length];
        maxChildren = new int[ids.length];
        sites = new String[ids.length];
        Arrays.fill(uplink, Double.NaN);
        Arrays.fill(downlink, Double.NaN);
        Arrays.fill(maxChildren, Integer.MAX_VALUE);
    }

    /** What {@code from} measured towards {@code to}; a later call replaces it. */
    public NetworkBuilder rtt(int from, int to, double millis, double jitterMillis) {
        check(from);
        check(to);
        if (from == to) {
            throw new IllegalArgumentException("Node " + ids[from] + " cannot have a round-trip time to itself.");
        }
        String what = "The round-trip time from " + ids[from] + " to " + ids[to];
        samples.get(from).put(to, new Sample(notNegative(millis, what), notNegative(jitterMillis, "The jitter")));
        return this;
    }

    /** What {@code from} measured towards {@code to}, without jitter. */
    public NetworkBuilder rtt(int from, int to, double millis) {
        return rtt(from, to, millis, 0);
    }

    /** The same round-trip time measured from both ends. */
    public NetworkBuilder rttBoth(int a, int b, double millis) {
        return rtt(a, b, millis).rtt(b, a, millis);
    }

    /** Bytes per second up and down; 0 up means that the node never passes anything on. */
    public NetworkBuilder bandwidth(int node, double uplink, double downlink) {
        check(node);
        this.uplink[node] = notNegative(uplink, "The uplink of " + ids[node]);
        this.downlink[node] = positive(downlink, "The downlink of " + ids[node]);
        return this;
    }

    /** What to reckon with for nodes whose bandwidth is not given. */
    public NetworkBuilder defaultBandwidth(double uplink, double downlink) {
        defaultUplink = positive(uplink, "The default uplink");
        defaultDownlink = positive(downlink, "The default downlink");
        return this;
    }

    /** The most children that the node may have; 0 makes it a leaf. */
    public NetworkBuilder maxChildren(int node, int most) {
        check(node);
        if (most < 0) {
            throw new IllegalArgumentException("Node " + ids[node] + " cannot have " + most + " children at most.");
        }
        maxChildren[node] = most;
        return this;
    }

    /** The place of the node; nodes of one place form one region. */
    public NetworkBuilder site(int node, String site) {
        check(node);
        sites[node] = requireNonNull(site, "site is null");
        return this;
    }

    /** Predictions for pairs that nobody measured; a copy is kept. */
    public NetworkBuilder coordinates(Coordinates coordinates) {
        if (coordinates.size() != ids.length) {
            throw new IllegalArgumentException("There are " + ids.length + " nodes but coordinates of "
                    + coordinates.size() + "; give one for each.");
        }
        this.coordinates = coordinates.copy();
        return this;
    }

    /** Bytes that may be under way on one connection. */
    public NetworkBuilder window(double bytes) {
        windowBytes = positive(bytes, "The window");
        return this;
    }

    /** The network as given so far. */
    public Network build() {
        return new Network(this);
    }

    int size() {
        return ids.length;
    }

    Map<String, Integer> numbers() {
        return numbers;
    }

    private void check(int node) {
        if (node < 0 || node >= ids.length) {
            throw new IllegalArgumentException(
                    "There is no node " + node + "; nodes are 0 to " + (ids.length - 1) + ".");
        }
    }

    private static double notNegative(double value, String what) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " is " + value + "; it must be a number of 0 or more.");
        }
        return value;
    }

    private static double positive(double value, String what) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " is " + value + "; it must be a number above 0.");
        }
        return value;
    }

    /** What one node measured towards another. */
    record Sample(double rttMillis, double jitterMillis) {}
}
