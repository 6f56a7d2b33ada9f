package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import io.espalier.replication.transfer.RoutePlanner.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells nodes what to get from whom. Thread-safe. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int MAX_SOURCES = 4;

    /** Of {@link ReplicatorTiming#idle} each: five minutes. */
    private static final int MOST_DRY_LOOKS = 15;

    private final Members members;
    private final RoutePlanner planner;
    private final HashFeed hashes;
    private final Rerouting rerouting;
    private final WindowDesk windows;

    Dispatcher(Members members, RoutePlanner planner, HashFeed hashes, Rerouting rerouting, WindowDesk windows) {
        this.windows = requireNonNull(windows, "windows is null");
        this.members = requireNonNull(members, "members is null");
        this.planner = requireNonNull(planner, "planner is null");
        this.hashes = requireNonNull(hashes, "hashes is null");
        this.rerouting = requireNonNull(rerouting, "rerouting is null");
    }

    /**
     * Plans a tree for all that are there now. Tells those that know nothing of the transfer yet, and those that are in need of
     * another route. One tree for all, so that no two nodes wait for each other.
     */
    void plan(Running running) {
        List<Member> takePart = members.all().stream()
                .filter(member -> member.master()
                        || (member.connected()
                                && !windows.isClosed(member, running)
                                && (running.isTarget(member.id()) || running.isDone(member.id()))))
                .toList();
        List<Member> open = takePart.stream()
                .filter(member -> member.connected()
                        && running.isTarget(member.id())
                        && !running.state(member.id()).isFinal())
                .toList();
        if (open.isEmpty()) {
            return;
        }
        List<Member> holders = takePart.stream()
                .filter(member -> member.master() || running.isDone(member.id()))
                .toList();
        // Once most have it, the rest is better served by those than by a tree among themselves.
        boolean latecomers = holders.size() > 1 && open.size() * 2 < takePart.size();
        Tree tree = latecomers ? new Tree(Map.of(), Map.of()) : tree(running, takePart);
        Map<NodeId, Route> fresh = new LinkedHashMap<>();
        for (Member member : open) {
            Route route = member.master() ? Route.root() : tree.routes().get(member.id());
            fresh.put(member.id(), route != null ? route : direct(member, holders));
        }
        rerouting.decide(running, fresh).forEach((node, route) -> tell(running, node, route));
        hashes.feed(running);
    }

    private Tree tree(Running running, List<Member> takePart) {
        try {
            return planner.plan(running.transfer().bytes(), takePart);
        } catch (RuntimeException e) {
            LOG.error(
                    "Planning failed; nodes get {} from the master itself.",
                    running.row().repository(),
                    e);
            return new Tree(Map.of(), Map.of());
        }
    }

    private Route direct(Member member, List<Member> holders) {
        List<PeerAddress> nearest = nearest(member, holders).stream()
                .filter(holder -> !holder.id().equals(member.id()))
                .limit(MAX_SOURCES - 1L)
                .map(Member::address)
                .toList();
        Optional<PeerAddress> master =
                holders.stream().filter(Member::master).map(Member::address).findFirst();
        return Route.along(
                Stream.concat(nearest.stream(), master.stream()).distinct().toList(), 0);
    }

    private List<Member> nearest(Member member, List<Member> holders) {
        try {
            return planner.nearest(member, holders);
        } catch (RuntimeException e) {
            LOG.error("No source near {} could be chosen; the master serves it.", member.id(), e);
            return List.of();
        }
    }

    /**
     * Lets a node that gets nothing have it from one that surely has it. Where that is only the master, for which it waits anyway, it
     * is left alone for so many looks; then one above it hangs without knowing it.
     */
    void rescue(Running running, Member member) {
        List<Member> holders = members.all().stream()
                .filter(other -> other.master() || (other.connected() && running.isDone(other.id())))
                .toList();
        boolean others = holders.stream().anyMatch(holder -> !holder.master());
        boolean waits = !others && new Drought(running, members).isAbove(member.id());
        if (waits && running.dryLook(member.id()) <= MOST_DRY_LOOKS) {
            return;
        }
        Route route = direct(member, holders);
        running.forgetLink(member.id());
        LOG.info(
                "Node {} got nothing of {}:{} lately; it gets it from {} now.",
                member.id(),
                running.row().repository(),
                running.row().tag(),
                route.branches().get(0).sources());
        tell(running, member.id(), route);
    }

    private void tell(Running running, NodeId node, Route route) {
        Optional<Route> before = running.sentRoute(node);
        if (before.filter(route::equals).isPresent()) {
            return;
        }
        MasterMessage message = before.isPresent()
                ? new MasterMessage.Reroute(running.row().id(), route)
                : new MasterMessage.Assign(running.transfer(), route);
        boolean sent = running.send(node, route, same -> members.send(node, message));
        if (sent && before.isEmpty() && running.isHashing()) {
            hashes.catchUp(running, node);
        }
    }

    /** Lets all nodes that work on it stop. */
    void cancel(Running running, String reason) {
        for (Member member : members.all()) {
            if (running.isTarget(member.id()) && !running.state(member.id()).isFinal()) {
                members.send(member.id(), new MasterMessage.Cancel(running.row().id(), reason));
            }
        }
    }
}
