package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.address;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.striped;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.Stripe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RouteCursorTest {
    private final RouteCursor cursor = new RouteCursor(Stripe.WHOLE, route("b", "a"));

    private String next() {
        return cursor.next(Set.of()).orElseThrow().node().value();
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }

    @Test
    void blobsThatBeginLaterTryTheSlowParentAgainAfterGrowingTimes() {
        cursor.leaveSlow(address("b"), 0);
        cursor.begin(seconds(29));
        assertThat(next()).isEqualTo("a");
        cursor.begin(seconds(31));
        assertThat(next()).isEqualTo("b");

        cursor.leaveSlow(address("b"), seconds(40));
        cursor.begin(seconds(75));
        assertThat(next()).as("twice as long").isEqualTo("a");
        cursor.begin(seconds(101));
        assertThat(next()).isEqualTo("b");
    }

    @Test
    void aSourceThatFailedIsNotTriedAgainByItself() {
        cursor.leave(address("b"));
        cursor.begin(seconds(3_600));
        assertThat(next()).isEqualTo("a");
    }

    @Test
    void theSourcesOfTheOtherStripesFollowThoseOfItsOwn() {
        Route route = striped("b a", "c a", "d a");
        assertThat(order(new RouteCursor(new Stripe(0, 3), route))).containsExactly("b", "a", "c", "d");
        assertThat(order(new RouteCursor(new Stripe(1, 3), route))).containsExactly("c", "a", "d", "b");
        assertThat(order(new RouteCursor(new Stripe(2, 3), route))).containsExactly("d", "a", "b", "c");
    }

    private static List<String> order(RouteCursor cursor) {
        List<String> order = new ArrayList<>();
        Set<NodeId> tried = new HashSet<>();
        for (var next = cursor.next(tried); next.isPresent(); next = cursor.next(tried)) {
            order.add(next.get().node().value());
            tried.add(next.get().node());
        }
        return order;
    }

    @Test
    void anotherNumberOfStripesMakesOtherCursors() {
        RouteCursors cursors = new RouteCursors(striped("b a", "c a"));
        List<RouteCursor> two = cursors.all();
        cursors.change(striped("d a", "c a"));
        assertThat(cursors.all()).isEqualTo(two);
        assertThat(order(two.get(0))).containsExactly("d", "a", "c");
        cursors.change(route("b"));
        assertThat(cursors.all()).hasSize(1).doesNotContainAnyElementsOf(two);
    }
}
