package io.espalier.replication.harbor;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.node.HarborNode;
import io.espalier.replication.member.Member;
import io.espalier.tree.network.Network;
import io.espalier.tree.network.NetworkBuilder;
import io.espalier.tree.plan.Forwarding;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.plan.TreePlanner;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Plans a tree over Harbors. Where a relay runs beside a Harbor, what the relays measured counts. A Harbor without one is placed by
 * the master's round-trip time to it and its site: within a site by the difference of those times, else by way of the master. A
 * Harbor passes on only what it has whole.
 */
final class HarborPlanner {
    /** Harbor prepares an execution, and we look at it every second. */
    private static final double HOP_SECONDS = 2;

    private static final double LEAST_MILLIS = 0.1;

    private final TreePlanner planner;
    private final Function<List<Member>, Network> measured;

    /** @param measured the network of members, numbered in their order */
    HarborPlanner(TreePlanner planner, Function<List<Member>, Network> measured) {
        this.planner = requireNonNull(planner, "planner is null");
        this.measured = requireNonNull(measured, "measured is null");
    }

    /** The relay beside a Harbor. */
    static Optional<Member> relay(HarborNode harbor, List<Member> members) {
        return members.stream().filter(member -> serves(harbor, member)).findFirst();
    }

    private static boolean serves(HarborNode harbor, Member member) {
        try {
            return harbor.serves(URI.create(member.registry()));
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /**
     * The edges of a tree.
     *
     * @param harbors those that answer, the root first
     * @param millis the master's round-trip times by name
     */
    List<HarborEdge> edges(List<HarborNode> harbors, Map<String, Double> millis, List<Member> members, long bytes) {
        if (harbors.size() < 2) {
            return List.of();
        }
        TreePlan plan = planner.plan(
                network(harbors, millis, members),
                0,
                new PlanRequest(bytes, Math.max(1, bytes), HOP_SECONDS, Forwarding.STORE_AND_FORWARD));
        List<HarborEdge> edges = new ArrayList<>();
        for (int node : plan.order()) {
            if (node != 0) {
                edges.add(new HarborEdge(harbors.get(Math.max(0, plan.parent(node))), harbors.get(node)));
            }
        }
        for (int node : plan.unreachable()) {
            edges.add(new HarborEdge(harbors.get(0), harbors.get(node)));
        }
        return edges;
    }

    private Network network(List<HarborNode> harbors, Map<String, Double> millis, List<Member> members) {
        List<Optional<Member>> relays =
                harbors.stream().map(harbor -> relay(harbor, members)).toList();
        List<Member> present =
                relays.stream().flatMap(Optional::stream).distinct().toList();
        Optional<Network> known = present.isEmpty() ? Optional.empty() : Optional.of(measured.apply(present));
        NetworkBuilder builder =
                Network.of(harbors.stream().map(HarborNode::name).toArray(String[]::new));
        for (int a = 0; a < harbors.size(); a++) {
            describe(builder, a, harbors.get(a), relays.get(a), present, known);
            for (int b = a + 1; b < harbors.size(); b++) {
                builder.rttBoth(a, b, between(harbors, millis, relays, present, known, a, b));
            }
        }
        return builder.build();
    }

    private static void describe(
            NetworkBuilder builder,
            int node,
            HarborNode harbor,
            Optional<Member> relay,
            List<Member> present,
            Optional<Network> known) {
        String site = harbor.site().isEmpty() ? relay.map(Member::site).orElse("") : harbor.site();
        if (!site.isEmpty()) {
            builder.site(node, site);
        }
        if (relay.isPresent() && known.isPresent()) {
            int at = present.indexOf(relay.get());
            if (known.get().downlink(at) > 0) {
                builder.bandwidth(node, known.get().uplink(at), known.get().downlink(at));
            }
        }
    }

    private static double between(
            List<HarborNode> harbors,
            Map<String, Double> millis,
            List<Optional<Member>> relays,
            List<Member> present,
            Optional<Network> known,
            int a,
            int b) {
        if (relays.get(a).isPresent() && relays.get(b).isPresent() && known.isPresent()) {
            int first = present.indexOf(relays.get(a).get());
            int second = present.indexOf(relays.get(b).get());
            if (first != second && known.get().measured(first, second)) {
                return known.get().expectedRttMillis(first, second);
            }
        }
        double toA = millis.getOrDefault(harbors.get(a).name(), 0.0);
        double toB = millis.getOrDefault(harbors.get(b).name(), 0.0);
        boolean sameSite = !harbors.get(a).site().isEmpty()
                && harbors.get(a).site().equals(harbors.get(b).site());
        return Math.max(LEAST_MILLIS, sameSite ? Math.abs(toA - toB) : toA + toB);
    }

    /** The tree as lines, a child below its parent. */
    static String draw(HarborNode root, List<HarborEdge> edges) {
        StringBuilder text = new StringBuilder(root.name()).append('\n');
        draw(root.name(), edges, 1, text);
        return text.toString();
    }

    private static void draw(String parent, List<HarborEdge> edges, int depth, StringBuilder text) {
        if (depth > edges.size()) {
            return;
        }
        edges.stream().filter(edge -> edge.parent().name().equals(parent)).forEach(edge -> {
            IntStream.range(0, depth).forEach(level -> text.append("  "));
            text.append(edge.child().name()).append('\n');
            draw(edge.child().name(), edges, depth + 1, text);
        });
    }
}
