package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells a node that gets nothing because those above it get nothing either from one that needs another route. */
final class Drought {
    private record Wait(NodeId parent, Stripe stripe) {}

    private final Running running;
    private final Members members;

    Drought(Running running, Members members) {
        this.running = requireNonNull(running, "running is null");
        this.members = requireNonNull(members, "members is null");
    }

    /**
     * Whether the node waits for the master at the end in every stripe, over nodes that are there, receive, and have no more than it
     * has. Then another route brings it nothing, but loads the master for each that gets one.
     */
    boolean isAbove(NodeId node) {
        Optional<Route> route = running.sentRoute(node);
        if (route.isEmpty()) {
            return false;
        }
        long most = running.bytesAt(node);
        Deque<Wait> left = new ArrayDeque<>(waits(route.get(), Stripe.WHOLE));
        Set<Wait> seen = new HashSet<>();
        while (!left.isEmpty()) {
            Wait wait = left.pop();
            Optional<Member> parent = members.find(wait.parent());
            if (parent.filter(Member::master).isPresent() || !seen.add(wait)) {
                continue;
            }
            Optional<Route> next = running.sentRoute(wait.parent());
            boolean dry = parent.filter(Member::connected).isPresent()
                    && !wait.parent().equals(node)
                    && running.state(wait.parent()) == TransferState.RECEIVING
                    && running.bytesAt(wait.parent()) <= most;
            if (!dry || next.isEmpty()) {
                return false;
            }
            left.addAll(waits(next.get(), wait.stripe()));
        }
        return true;
    }

    private static List<Wait> waits(Route route, Stripe of) {
        List<Wait> waits = new ArrayList<>();
        for (int i = 0; i < route.stripes(); i++) {
            Stripe stripe = new Stripe(i, route.stripes());
            if (stripe.meets(of)) {
                waits.add(new Wait(route.branches().get(i).parent().node(), stripe));
            }
        }
        return waits;
    }
}
