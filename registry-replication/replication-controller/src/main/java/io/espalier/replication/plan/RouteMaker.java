package io.espalier.replication.plan;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.tree.plan.TreePlan;
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
     * A route for every member of the plan's network. What the tree does not reach gets it from the root.
     *
     * @param rootHasIt whether the root is its own source, else it gets no route
     */
    Map<NodeId, Route> routes(TreePlan plan, boolean rootHasIt) {
        Map<NodeId, Route> routes = new LinkedHashMap<>();
        for (int node : KeptTree.sequence(plan)) {
            if (!addresses.containsKey(plan.network().id(node))) {
                continue;
            }
            NodeId id = new NodeId(plan.network().id(node));
            if (node != plan.root()) {
                routes.put(id, plan.contains(node) ? along(plan, node) : fromRoot(plan));
            } else if (rootHasIt) {
                routes.put(id, Route.root());
            }
        }
        return routes;
    }

    private Route along(TreePlan plan, int node) {
        List<PeerAddress> sources = new ArrayList<>();
        add(sources, plan, plan.parent(node));
        for (int backup : plan.backups(node)) {
            add(sources, plan, backup);
        }
        return sources.isEmpty() ? fromRoot(plan) : Route.along(sources, expected(plan, node));
    }

    private Route fromRoot(TreePlan plan) {
        List<PeerAddress> sources = new ArrayList<>();
        add(sources, plan, plan.root());
        return Route.along(sources, 0);
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
