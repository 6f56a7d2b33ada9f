package io.espalier.replication.plan;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.tree.plan.TreePlan;
import io.espalier.tree.stripe.StripedPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a plan as the routes that nodes are told. */
final class RouteMaker {
    private final Map<String, PeerAddress> addresses = new LinkedHashMap<>();
    private final long linkBytesPerSecond;

    RouteMaker(Members members, long linkBytesPerSecond) {
        for (Member member : members.all()) {
            addresses.put(member.id().value(), member.address());
        }
        this.linkBytesPerSecond = linkBytesPerSecond;
    }

    /**
     * A route for every member of the plan's network, with a branch for each stripe. What a tree does not reach gets its stripe
     * from the root.
     *
     * @param rootHasIt whether the root is its own source, else it gets no route
     */
    Map<NodeId, Route> routes(StripedPlan plan, boolean rootHasIt) {
        Map<NodeId, Route> routes = new LinkedHashMap<>();
        for (int node : plan.first().sequence()) {
            if (!addresses.containsKey(plan.network().id(node))) {
                continue;
            }
            NodeId id = new NodeId(plan.network().id(node));
            if (node != plan.root()) {
                routes.put(
                        id,
                        new Route(plan.trees().stream()
                                .map(tree -> branch(tree, node))
                                .toList()));
            } else if (rootHasIt) {
                routes.put(id, Route.root());
            }
        }
        return routes;
    }

    private Branch branch(TreePlan tree, int node) {
        List<PeerAddress> sources = new ArrayList<>();
        if (tree.contains(node)) {
            add(sources, tree, tree.parent(node));
            for (int backup : tree.backups(node)) {
                add(sources, tree, backup);
            }
        }
        if (!sources.isEmpty()) {
            return new Branch(sources, expected(tree, node));
        }
        add(sources, tree, tree.root());
        return new Branch(sources, 0);
    }

    private void add(List<PeerAddress> sources, TreePlan plan, int node) {
        PeerAddress address = addresses.get(plan.network().id(node));
        if (address != null) {
            sources.add(address);
        }
    }

    /** Unknown where a bandwidth is only assumed, since a node leaves a parent that is much slower than expected. */
    private long expected(TreePlan plan, int node) {
        double rate = plan.rate(node);
        boolean assumed = false;
        for (int at = node; at >= 0; at = plan.parent(at)) {
            assumed |= plan.network().bandwidthAssumed(at);
        }
        if (assumed || !(rate > 0) || Double.isInfinite(rate)) {
            return 0;
        }
        long whole = (long) rate;
        return linkBytesPerSecond > 0 ? Math.min(whole, linkBytesPerSecond) : whole;
    }
}
