package io.espalier.replication.plan;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.measure.Estimates;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.tree.network.Network;
import io.espalier.tree.plan.PlanRequest;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Small trees below nodes that have an image already: every node that needs it goes to the source that would give it soonest,
 * and those of one source form a tree.
 */
final class Backfill {
    private static final double FAR_MILLIS = 400;
    private static final int MORE_SOURCES = 3;

    private final Estimates estimates;
    private final PlanSettings settings;
    private final Members members;

    Backfill(Estimates estimates, PlanSettings settings, Members members) {
        this.estimates = requireNonNull(estimates, "estimates is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.members = requireNonNull(members, "members is null");
    }

    Map<NodeId, Route> routes(List<Member> there, List<NodeId> sources, List<NodeId> targets, PlanRequest request) {
        Set<NodeId> wanted = new LinkedHashSet<>(targets);
        Set<NodeId> having = new LinkedHashSet<>(sources);
        having.removeAll(wanted);
        List<Member> from =
                there.stream().filter(member -> having.contains(member.id())).toList();
        List<Member> to =
                there.stream().filter(member -> wanted.contains(member.id())).toList();
        if (from.isEmpty() && !wanted.contains(there.get(0).id())) {
            from = List.of(there.get(0));
        }
        if (from.isEmpty()) {
            throw new PlanException("Tried to plan a backfill of " + wanted.size()
                    + " nodes but no node that has the image is there; it goes on when one comes back.");
        }
        List<Member> both = new ArrayList<>(from);
        both.addAll(to);
        Network network = estimates.network(both);
        Map<NodeId, Route> routes = new LinkedHashMap<>();
        for (Map.Entry<Integer, List<Integer>> group :
                groups(network, from.size(), request).entrySet()) {
            routes.putAll(tree(both, network, from.size(), group.getKey(), group.getValue(), request));
        }
        return routes;
    }

    /** The targets of each source; targets are numbered after the sources. */
    private static Map<Integer, List<Integer>> groups(Network network, int sources, PlanRequest request) {
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        int[] load = new int[sources];
        for (int target = sources; target < network.size(); target++) {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int source = 0; source < sources; source++) {
                double seconds = millis(network, source, target) / 1000
                        + request.bytes() * (load[source] + 1) / Math.max(1, network.uplink(source));
                if (seconds < least) {
                    least = seconds;
                    best = source;
                }
            }
            load[best]++;
            groups.computeIfAbsent(best, source -> new ArrayList<>()).add(target);
        }
        return groups;
    }

    private Map<NodeId, Route> tree(
            List<Member> both, Network network, int sources, int source, List<Integer> targets, PlanRequest request) {
        List<Member> nodes = new ArrayList<>();
        nodes.add(both.get(source));
        targets.forEach(target -> nodes.add(both.get(target)));
        TreePlan plan = settings.planner().planner().plan(estimates.network(nodes), 0, request);
        Map<NodeId, Route> routes = new LinkedHashMap<>();
        Map<NodeId, Route> planned =
                new RouteMaker(members, settings.linkBytesPerSecond()).routes(StripedPlan.plain(plan), false);
        for (int target : targets) {
            NodeId id = both.get(target).id();
            Route route = planned.get(id);
            if (route != null) {
                routes.put(id, withMore(route, both, network, sources, target));
            }
        }
        return routes;
    }

    /** Other nodes that have it already are the best backups. */
    private static Route withMore(Route route, List<Member> both, Network network, int sources, int target) {
        Set<PeerAddress> all = new LinkedHashSet<>();
        all.add(route.branches().get(0).parent());
        java.util.stream.IntStream.range(0, sources)
                .boxed()
                .sorted(Comparator.comparingDouble(source -> millis(network, source, target)))
                .limit(MORE_SOURCES)
                .forEach(source -> all.add(both.get(source).address()));
        all.addAll(route.branches().get(0).sources());
        return Route.along(List.copyOf(all), route.branches().get(0).expectedBytesPerSecond());
    }

    static double millis(Network network, int a, int b) {
        double millis = network.expectedRttMillis(a, b);
        return Double.isNaN(millis) ? FAR_MILLIS : millis;
    }
}
