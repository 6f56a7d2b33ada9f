package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import java.util.List;
import java.util.stream.IntStream;

/** The route of a transfer, with a cursor for each of its stripes. Thread-safe. */
final class RouteCursors {
    private Route route;
    private List<RouteCursor> cursors;

    RouteCursors(Route route) {
        this.route = requireNonNull(route, "route is null");
        this.cursors = of(route);
    }

    private static List<RouteCursor> of(Route route) {
        int count = route.stripes();
        return IntStream.range(0, count)
                .mapToObj(number -> new RouteCursor(new Stripe(number, count), route))
                .toList();
    }

    /** Another route, from its beginning; the cursors stay when it has as many stripes. */
    synchronized void change(Route next) {
        route = next;
        if (next.stripes() == cursors.size()) {
            cursors.forEach(cursor -> cursor.change(next));
        } else {
            cursors = of(next);
        }
    }

    synchronized Route route() {
        return route;
    }

    /** That of stripe {@code i} at place {@code i}; not changed afterwards. */
    synchronized List<RouteCursor> all() {
        return cursors;
    }

    /** The node sent wrong bytes: it is used for no stripe. */
    void wrong(NodeId node) {
        all().forEach(cursor -> cursor.wrong(node));
    }
}
