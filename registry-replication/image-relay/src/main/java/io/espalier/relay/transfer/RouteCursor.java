package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Route.Branch;
import io.espalier.relay.protocol.Stripe;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which source a transfer uses now for one of its stripes, and which it will not use again because they sent wrong bytes. When the
 * stripe's own sources have failed, those of the other stripes follow: they get all chunks, too. Thread-safe.
 */
final class RouteCursor {
    private static final long FIRST_STAY = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_STAY = TimeUnit.HOURS.toNanos(1);

    private final Stripe stripe;
    private final SlowMoves slowMoves = new SlowMoves();
    private final Set<NodeId> wrong = new HashSet<>();
    private List<PeerAddress> sources;
    private long expected;
    private int current;
    private boolean leftSlow;
    private long leftSlowAt;
    private long stayAway = FIRST_STAY;

    /** @param route with as many stripes */
    RouteCursor(Stripe stripe, Route route) {
        this.stripe = requireNonNull(stripe, "stripe is null");
        this.sources = sources(stripe, route);
        this.expected = expected(stripe, route);
    }

    private static List<PeerAddress> sources(Stripe stripe, Route route) {
        Set<PeerAddress> sources = new LinkedHashSet<>();
        List<Branch> branches = route.branches();
        for (int i = 0; i < branches.size(); i++) {
            // Each begins with another one, so that the stripes of a dead parent do not all go to the same node.
            sources.addAll(branches.get((stripe.number() + i) % branches.size()).sources());
        }
        return List.copyOf(sources);
    }

    private static long expected(Stripe stripe, Route route) {
        return route.isRoot() ? 0 : route.branches().get(stripe.number()).expectedBytesPerSecond();
    }

    Stripe stripe() {
        return stripe;
    }

    SlowMoves slowMoves() {
        return slowMoves;
    }

    /** Another route of as many stripes, from its beginning. */
    synchronized void change(Route next) {
        sources = sources(stripe, next);
        expected = expected(stripe, next);
        current = 0;
        wrong.clear();
        leftSlow = false;
        stayAway = FIRST_STAY;
    }

    /** The source to use: the current one, else the next in turn that was neither tried nor wrong. */
    synchronized Optional<PeerAddress> next(Set<NodeId> tried) {
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
        int count = sources.size();
        if (count > 0 && sources.get(current % count).equals(source)) {
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

    /** What the plan expects of this source for this stripe; 0 when it says nothing. */
    synchronized long expected(PeerAddress source) {
        return !sources.isEmpty() && sources.get(0).equals(source) ? expected : 0;
    }
}
