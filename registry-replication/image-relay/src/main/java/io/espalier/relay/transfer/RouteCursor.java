package io.espalier.relay.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which source of its route a transfer uses now, and which it will not use again because they sent wrong bytes. Thread-safe. */
final class RouteCursor {
    private final Set<NodeId> wrong = new HashSet<>();
    private Route route;
    private int current;

    RouteCursor(Route route) {
        this.route = route;
    }

    /** Another route, from its beginning. */
    synchronized void change(Route next) {
        route = next;
        current = 0;
        wrong.clear();
    }

    synchronized Route route() {
        return route;
    }

    /** The source to use: the current one, else the next in turn that was neither tried nor wrong. */
    synchronized Optional<PeerAddress> next(Set<NodeId> tried) {
        List<PeerAddress> sources = route.sources();
        for (int i = 0; i < sources.size(); i++) {
            PeerAddress source = sources.get((current + i) % sources.size());
            if (!tried.contains(source.node()) && !wrong.contains(source.node())) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }

    /** The link to this source failed: the other blobs of the transfer go on behind it too. */
    synchronized void leave(PeerAddress source) {
        int count = route.sources().size();
        if (count > 0 && route.sources().get(current % count).equals(source)) {
            current = (current + 1) % count;
        }
    }

    synchronized void wrong(NodeId node) {
        wrong.add(node);
    }

    /** All were tried: from the beginning again. */
    synchronized void again() {
        current = 0;
        wrong.clear();
    }

    /** What the plan expects of this source; 0 when it says nothing. */
    synchronized long expected(PeerAddress source) {
        return !route.isRoot() && route.sources().get(0).equals(source) ? route.expectedBytesPerSecond() : 0;
    }
}
