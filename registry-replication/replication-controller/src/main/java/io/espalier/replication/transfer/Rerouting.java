package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.relay.protocol.Stripe;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which nodes of a running transfer get another route when the tree has changed: those whose parent is gone or elsewhere, and those
 * that lag. All others keep theirs, however much better a new one were, since a move costs more than it brings. With stripes this
 * holds for every stripe on its own.
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
     * The routes from now on, of the same nodes. A node keeps every branch that is well, and then as many stripes as it has, although
     * others may have another number now. Nobody gets a chunk from one that waits for him with it, although old routes and new ones are
     * mixed.
     *
     * @param fresh what planning says now, of every node that has not finished
     */
    Map<NodeId, Route> decide(Running running, Map<NodeId, Route> fresh) {
        Waits waits = new Waits();
        Map<NodeId, Optional<Route>> present = new HashMap<>();
        Map<NodeId, List<Optional<Branch>>> kept = new HashMap<>();
        fresh.forEach((node, route) -> {
            Optional<Route> before = running.sentRoute(node);
            List<Optional<Branch>> branches =
                    before.map(same -> kept(running, node, same)).orElse(List.of());
            present.put(node, before);
            kept.put(node, branches);
            for (int i = 0; i < branches.size(); i++) {
                Stripe stripe = new Stripe(i, branches.size());
                branches.get(i).ifPresent(branch -> waits.add(node, stripe, branch));
            }
        });
        Map<NodeId, Route> decided = new LinkedHashMap<>();
        fresh.forEach((node, route) -> {
            Optional<Route> before = present.getOrDefault(node, Optional.empty());
            List<Optional<Branch>> branches = kept.getOrDefault(node, List.of());
            boolean all = !branches.isEmpty() && branches.stream().allMatch(Optional::isPresent);
            decided.put(
                    node,
                    before.filter(same -> same.isRoot() || all)
                            .orElseGet(() -> next(node, before, branches, route, waits)));
        });
        return decided;
    }

    /** What stays of a route, by stripe; nothing at all is an empty list. */
    private List<Optional<Branch>> kept(Running running, NodeId node, Route present) {
        List<Optional<Branch>> branches = present.branches().stream()
                .map(branch -> Optional.of(branch).filter(one -> isWell(running, node, present, one)))
                .toList();
        return branches.stream().anyMatch(Optional::isPresent) ? branches : List.of();
    }

    private Route next(NodeId node, Optional<Route> present, List<Optional<Branch>> kept, Route fresh, Waits waits) {
        if (fresh.isRoot()) {
            return fresh;
        }
        int count = kept.isEmpty() ? fresh.stripes() : kept.size();
        List<Branch> branches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Stripe stripe = new Stripe(i, count);
            if (!kept.isEmpty() && kept.get(i).isPresent()) {
                branches.add(kept.get(i).get());
                continue;
            }
            Branch planned = fresh.branches().get(i % fresh.stripes());
            // What is planned for another number of stripes says nothing about the rate of one of these.
            Branch wanted = count == fresh.stripes() ? planned : new Branch(planned.sources(), 0);
            Branch other = withoutOwnSubtree(node, stripe, wanted, waits);
            Branch chosen = before(present, count, i)
                    .filter(same -> same.parent().equals(other.parent()))
                    .orElse(other);
            waits.add(node, stripe, chosen);
            branches.add(chosen);
        }
        return new Route(branches);
    }

    private static Optional<Branch> before(Optional<Route> present, int stripes, int number) {
        return present.filter(route -> !route.isRoot() && route.stripes() == stripes)
                .map(route -> route.branches().get(number));
    }

    private boolean isWell(Running running, NodeId node, Route present, Branch branch) {
        return isThere(branch.parent()) && !lags(running, node, present, branch);
    }

    private boolean isThere(PeerAddress parent) {
        return members.find(parent.node())
                .filter(member -> (member.master() || member.connected())
                        && member.address().equals(parent))
                .isPresent();
    }

    /**
     * It got nothing for a while, or far less than expected although the parent has much that it lacks. A node says how much it gets
     * of all stripes together, so what it gets is held against what is expected of all.
     */
    private boolean lags(Running running, NodeId node, Route present, Branch branch) {
        if (running.idleSince(node)
                .filter(since -> Duration.between(since, clock.instant()).compareTo(idle) > 0)
                .isPresent()) {
            return true;
        }
        long expected = expected(present);
        long ahead = bytes(running, branch.parent().node()) - running.bytesAt(node);
        return expected > 0
                && running.rate(node).orElse(expected) < expected / SLOW_PART
                && ahead > expected * SLOW_SECONDS;
    }

    /** 0 when it is not known of every stripe. */
    private static long expected(Route route) {
        boolean known = route.branches().stream().allMatch(branch -> branch.expectedBytesPerSecond() > 0);
        return known
                ? route.branches().stream()
                        .mapToLong(Branch::expectedBytesPerSecond)
                        .sum()
                : 0;
    }

    private long bytes(Running running, NodeId parent) {
        boolean all = running.isDone(parent)
                || members.find(parent).filter(Member::master).isPresent();
        return all ? running.transfer().bytes() : running.bytesAt(parent);
    }

    private Branch withoutOwnSubtree(NodeId node, Stripe stripe, Branch branch, Waits waits) {
        List<PeerAddress> sources = branch.sources().stream()
                .filter(source -> !waits.isBelow(source.node(), node, stripe))
                .toList();
        if (!sources.isEmpty()) {
            // What was expected of the first one says nothing about another.
            boolean same = sources.get(0).equals(branch.parent());
            return new Branch(sources, same ? branch.expectedBytesPerSecond() : 0);
        }
        return new Branch(
                members.all().stream()
                        .filter(Member::master)
                        .map(Member::address)
                        .toList(),
                0);
    }
}
