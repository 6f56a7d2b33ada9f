package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which nodes of a running transfer get another route when the tree has changed: those whose parent is gone or elsewhere, and those
 * that lag. All others keep theirs, however much better a new one were, since a move costs more than it brings.
 */
final class Rerouting {
    /** Less than this part of the expected rate is a reason to move, as it is for the node itself. */
    private static final int SLOW_PART = 4;

    private static final int SLOW_SECONDS = 2;

    private final Members members;
    private final Duration idle;
    private final Clock clock;

    /** @param idle without a byte, until a node counts as one that lags */
    Rerouting(Members members, Duration idle, Clock clock) {
        this.members = requireNonNull(members, "members is null");
        this.idle = requireNonNull(idle, "idle is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * The routes from now on, of the same nodes. Nobody gets it from one that waits for him, although old routes and new ones are
     * mixed.
     *
     * @param fresh what planning says now, of every node that has not finished
     */
    Map<NodeId, Route> decide(Running running, Map<NodeId, Route> fresh) {
        Map<NodeId, Route> decided = new LinkedHashMap<>();
        Map<NodeId, NodeId> parents = new HashMap<>();
        for (NodeId node : fresh.keySet()) {
            Optional<Route> present = running.sentRoute(node);
            if (present.isPresent() && isWell(running, node, present.get())) {
                decide(node, present.get(), decided, parents);
            }
        }
        fresh.forEach((node, route) -> {
            if (!decided.containsKey(node)) {
                Route other = withoutOwnSubtree(node, route, parents);
                Route next = running.sentRoute(node)
                        .filter(present -> hasSameParent(present, other))
                        .orElse(other);
                decide(node, next, decided, parents);
            }
        });
        return decided;
    }

    private static void decide(NodeId node, Route route, Map<NodeId, Route> decided, Map<NodeId, NodeId> parents) {
        decided.put(node, route);
        if (!route.isRoot()) {
            parents.put(node, route.branches().get(0).parent().node());
        }
    }

    private static boolean hasSameParent(Route one, Route other) {
        return !one.isRoot()
                && !other.isRoot()
                && one.branches().get(0).parent().equals(other.branches().get(0).parent());
    }

    private boolean isWell(Running running, NodeId node, Route route) {
        return route.isRoot() || (isThere(route.branches().get(0).parent()) && !lags(running, node, route));
    }

    private boolean isThere(PeerAddress parent) {
        return members.find(parent.node())
                .filter(member -> (member.master() || member.connected())
                        && member.address().equals(parent))
                .isPresent();
    }

    /** It got nothing for a while, or far less than expected although its parent has much that it lacks. */
    private boolean lags(Running running, NodeId node, Route route) {
        if (running.idleSince(node)
                .filter(since -> Duration.between(since, clock.instant()).compareTo(idle) > 0)
                .isPresent()) {
            return true;
        }
        long expected = route.branches().get(0).expectedBytesPerSecond();
        long ahead = bytes(running, route.branches().get(0).parent().node()) - running.bytesAt(node);
        return expected > 0
                && running.rate(node).orElse(expected) < expected / SLOW_PART
                && ahead > expected * SLOW_SECONDS;
    }

    private long bytes(Running running, NodeId parent) {
        boolean all = running.isDone(parent)
                || members.find(parent).filter(Member::master).isPresent();
        return all ? running.transfer().bytes() : running.bytesAt(parent);
    }

    private Route withoutOwnSubtree(NodeId node, Route route, Map<NodeId, NodeId> parents) {
        if (route.isRoot()) {
            return route;
        }
        List<PeerAddress> sources = route.branches().get(0).sources().stream()
                .filter(source -> !isBelow(source.node(), node, parents))
                .toList();
        if (!sources.isEmpty()) {
            // What was expected of the first one says nothing about another.
            boolean same = sources.get(0).equals(route.branches().get(0).parent());
            return Route.along(sources, same ? route.branches().get(0).expectedBytesPerSecond() : 0);
        }
        return Route.along(
                members.all().stream()
                        .filter(Member::master)
                        .map(Member::address)
                        .toList(),
                0);
    }

    private static boolean isBelow(NodeId node, NodeId above, Map<NodeId, NodeId> parents) {
        NodeId at = node;
        while (at != null) {
            if (at.equals(above)) {
                return true;
            }
            at = parents.get(at);
        }
        return false;
    }
}
