package io.espalier.tree.plan;

import io.espalier.tree.network.Network;
import java.util.Locale;
import java.util.stream.IntStream;

/** Says in one sentence why a node receives from its parent. */
final class Explanation {
    /** In big trees only the nearest other parents are tried: each costs a prediction of the whole tree. */
    private static final int OTHERS = 16;

    private final TreePlan plan;
    private final Network network;
    private final CompletionModel model;

    Explanation(TreePlan plan) {
        this.plan = plan;
        network = plan.network();
        model = new CompletionModel(network, plan.request());
    }

    String of(int node) {
        String name = network.id(node);
        if (node == plan.root()) {
            return name + " is the root: the image comes from here and reaches all " + plan.descendants(node)
                    + " nodes after " + seconds(plan.completionSeconds()) + ".";
        }
        if (!plan.contains(node)) {
            return name + " is not reached: nobody with a child to spare could measure it; check that it is up and that"
                    + " others may connect to it.";
        }
        int parent = plan.parent(node);
        return name + " receives from " + network.id(parent) + ": " + path(parent, node) + ", " + share(parent, node)
                + ", "
                + (plan.region(parent) == plan.region(node) ? "same region" : "the way into its region")
                + "; done after "
                + seconds(plan.predictedSeconds(node)) + ". " + nextBest(node);
    }

    private String path(int parent, int node) {
        double rtt = network.expectedRttMillis(parent, node);
        if (Double.isNaN(rtt)) {
            return "round-trip time unknown, reckoned with "
                    + String.format(Locale.ROOT, "%.1f ms", 2000 * model.latencySeconds(parent, node));
        }
        double jitter = network.jitterMillis(parent, node);
        String known = network.measured(parent, node) ? "measured" : "predicted";
        return String.format(Locale.ROOT, "round-trip time %.1f ms %s", rtt, known)
                + (jitter > 0 ? String.format(Locale.ROOT, " (jitter %.1f ms)", jitter) : "");
    }

    private String share(int parent, int node) {
        int children = plan.children(parent).length;
        String uplink = network.id(parent) + "'s uplink of " + rate(network.uplink(parent));
        if (network.bandwidthAssumed(parent)) {
            uplink += " (assumed)";
        }
        String shared = children == 1 ? uplink + " for it alone" : uplink + " shared by " + children;
        return rate(model.rate(parent, node, children)) + " of " + shared + ", at most " + rate(network.downlink(node))
                + " into " + network.id(node);
    }

    private String nextBest(int node) {
        int[] parents = plan.parents();
        int best = -1;
        Prediction least = null;
        for (int other : others(node)) {
            parents[node] = other;
            Prediction tried = model.predict(plan.root(), parents);
            if (least == null || better(tried, least, node)) {
                least = tried;
                best = other;
            }
        }
        if (least == null) {
            return "No other node could be its parent.";
        }
        double more = least.completion() - plan.completionSeconds();
        String whole = more > 0.0005
                ? "would take all nodes " + seconds(more) + " longer"
                : more < -0.0005
                        ? "would be " + seconds(-more) + " faster for all nodes"
                        : "would change nothing for the whole";
        return "Next best would be " + network.id(best) + ": " + seconds(least.seconds(node)) + " for it, and it "
                + whole + ".";
    }

    private static boolean better(Prediction a, Prediction b, int node) {
        return a.completion() < b.completion()
                || (a.completion() == b.completion() && a.seconds(node) < b.seconds(node));
    }

    private int[] others(int node) {
        return IntStream.range(0, plan.size())
                .filter(other -> plan.contains(other) && other != plan.parent(node) && !plan.within(other, node))
                .filter(other -> plan.children(other).length < network.maxChildren(other) && network.uplink(other) > 0)
                .boxed()
                .sorted(java.util.Comparator.comparingDouble(other -> model.latencySeconds(other, node)))
                .limit(plan.size() <= 128 ? plan.size() : OTHERS)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static String seconds(double seconds) {
        return seconds < 1
                ? String.format(Locale.ROOT, "%.0f ms", seconds * 1000)
                : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String rate(double bytesPerSecond) {
        return bytesPerSecond < 1e6
                ? String.format(Locale.ROOT, "%.0f kB/s", bytesPerSecond / 1e3)
                : String.format(Locale.ROOT, "%.1f MB/s", bytesPerSecond / 1e6);
    }
}
