package io.espalier.relay.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Which source of its route a transfer uses now, and which it will not use again because they sent wrong bytes. Thread-safe. */
final class RouteCursor {
    private static final long FIRST_STAY = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_STAY = TimeUnit.HOURS.toNanos(1);

    private final Set<NodeId> wrong = new HashSet<>();
    private Route route;
    private int current;
    private boolean leftSlow;
    private long leftSlowAt;
    private long stayAway = FIRST_STAY;

    RouteCursor(Route route) {
        this.route = route;
    }

    /** Another route, from its beginning. */
    synchronized void change(Route next) {
        route = next;
        current = 0;
        wrong.clear();
        leftSlow = false;
        stayAway = FIRST_STAY;
    }

    synchronized Route route() {
        return route;
    }

    /** The source to use: the current one, else the next in turn that was neither tried nor wrong. */
    synchronized Optional<PeerAddress> next(Set<NodeId> tried) {
        List<PeerAddress> sources = sources();
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
        int count = sources().size();
        if (count > 0 && sources().get(current % count).equals(source)) {
            current = (current + 1) % count;
        }
    }

    /** The same for a source that was slow: it is the planned one, so blobs that begin later try it again. */
    synchronized void leaveSlow(PeerAddress source, long now) {
        int before = current;
        leave(source);
        if (current != before && !leftSlow) {
            leftSlow = true;
            leftSlowAt = now;
        }
    }

    /** A blob begins: from the first source again when a slow one was left 30 s ago, twice as long each time. */
    synchronized void begin(long now) {
        if (leftSlow && now - leftSlowAt >= stayAway) {
            leftSlow = false;
            stayAway = Math.min(2 * stayAway, LONGEST_STAY);
            current = 0;
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
        return !route.isRoot() && sources().get(0).equals(source)
                ? route.branches().get(0).expectedBytesPerSecond()
                : 0;
    }

    private List<PeerAddress> sources() {
        return route.isRoot() ? List.of() : route.branches().get(0).sources();
    }
}
