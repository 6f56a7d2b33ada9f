package io.espalier.tree.draw;

import static java.util.Objects.requireNonNull;

import io.espalier.tree.network.Network;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Draws a plan with box characters, one line for each node with its round-trip time, its rate and its predicted time. An only
 * child stands under its parent behind {@code ↳}, so that a chain of a hundred nodes does not run out of the screen.
 */
public final class TreeText {
    private final TreePlan plan;
    private final IntFunction<String> labels;
    private final StringBuilder text = new StringBuilder();

    private TreeText(TreePlan plan, IntFunction<String> labels) {
        this.plan = requireNonNull(plan, "plan is null");
        this.labels = requireNonNull(labels, "labels is null");
    }

    /** The plan with the names of the network. */
    public static String draw(TreePlan plan) {
        return draw(plan, plan.network()::id);
    }

    /** A plain tree as above; of several stripes the tree of each below a line that names it. */
    public static String draw(StripedPlan plan) {
        if (plan.stripes() == 1) {
            return draw(plan.first());
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < plan.stripes(); i++) {
            text.append(plan.title(i)).append('\n').append(draw(plan.trees().get(i)));
        }
        return text.toString();
    }

    /** The plan as lines that end with a line feed; {@code labels} names each node and may add what its caller knows of it. */
    public static String draw(TreePlan plan, IntFunction<String> labels) {
        return new TreeText(plan, labels).draw();
    }

    private String draw() {
        text.append(labels.apply(plan.root())).append("  ").append(summary()).append('\n');
        Deque<Line> waiting = new ArrayDeque<>();
        push(waiting, plan.root(), "");
        while (!waiting.isEmpty()) {
            Line line = waiting.pop();
            text.append(line.prefix())
                    .append(line.mark())
                    .append(labels.apply(line.node()))
                    .append("  ")
                    .append(facts(line.node()))
                    .append('\n');
            push(waiting, line.node(), line.prefix() + line.below());
        }
        for (int node : plan.unreachable()) {
            text.append("not reached: ").append(labels.apply(node)).append('\n');
        }
        return text.toString();
    }

    private void push(Deque<Line> waiting, int node, String prefix) {
        int[] children = plan.children(node);
        for (int i = children.length - 1; i >= 0; i--) {
            boolean last = i == children.length - 1;
            String mark = children.length == 1 ? "↳ " : last ? "└─ " : "├─ ";
            String below = children.length == 1 ? "" : last ? "   " : "│  ";
            waiting.push(new Line(children[i], prefix, mark, below));
        }
    }

    private String summary() {
        int edges = plan.edgesBetweenRegions();
        return count(plan.descendants(plan.root()), "node") + " in "
                + String.format(Locale.ROOT, "%.2f s", plan.completionSeconds()) + ", "
                + count(plan.regions().count(), "region") + ", " + count(edges, "edge") + " between regions ("
                + plan.planner() + ")";
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private String facts(int node) {
        Network network = plan.network();
        int parent = plan.parent(node);
        double rtt = network.expectedRttMillis(parent, node);
        String millis = Double.isNaN(rtt)
                ? "rtt unknown"
                : String.format(Locale.ROOT, network.measured(parent, node) ? "%.1f ms" : "~%.1f ms", rtt);
        return millis
                + String.format(Locale.ROOT, "  %.1f MB/s  %.2f s", plan.rate(node) / 1e6, plan.predictedSeconds(node))
                + (plan.region(parent) == plan.region(node) ? "" : "  into region " + plan.region(node));
    }

    /** A node to be drawn, and what stands before it and before those below it. */
    private record Line(int node, String prefix, String mark, String below) {}
}
