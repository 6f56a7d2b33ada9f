package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.Route;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In the first stripe every node gets it from the one before, in the second from the one after: b and c are parents of each other. */
class StripedReroutingTest {
    private static final String IMAGE = "shop/web:1.0";
    private static final long BYTES = 100_000;

    @RegisterExtension
    final ReplicatorBench bench =
            new ReplicatorBench(Backfill.CURRENT, ReplicatorBench.WITHOUT_GRACE, "a", "b", "c", "d");

    private String begin(int stripes) {
        bench.planner.stripes(stripes);
        bench.images.push(IMAGE, "one", BYTES);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("d", IMAGE, 1).transfer().id();
        for (String node : List.of("a", "b", "c")) {
            assertThat(bench.awaitAssign(node, IMAGE, 1).route().stripes()).isEqualTo(stripes);
        }
        return id;
    }

    private void says(String node, String id, long received, long rate) {
        bench.members.report(
                node, new TransferReport(id, TransferState.RECEIVING, BYTES, 0, received, 0, rate, "", 0, "", 5));
    }

    private void treesChanged() {
        for (int i = 0; i < 3; i++) {
            int before = bench.planner.plans(BYTES);
            bench.replicator().treesChanged(bytes -> true);
            soon().alias("another plan").until(() -> bench.planner.plans(BYTES) > before);
        }
    }

    /** By stripe. */
    private static List<String> parents(Route route) {
        return route.branches().stream()
                .map(branch -> branch.parent().node().value())
                .toList();
    }

    private List<List<String>> moves(String node) {
        return bench.members.sent(node, Reroute.class).stream()
                .map(reroute -> parents(reroute.route()))
                .toList();
    }

    @Test
    void onlyTheStripeWhoseParentIsGoneIsMoved() {
        begin(2);
        assertThat(parents(bench.awaitAssign("c", IMAGE, 1).route())).containsExactly("b", "d");
        assertThat(parents(bench.awaitAssign("b", IMAGE, 1).route())).containsExactly("a", "c");

        bench.members.disconnect("c");

        soon().alias("b gets its second stripe from d").until(() -> moves("b").equals(List.of(List.of("a", "d"))));
        soon().alias("d gets its first stripe from b").until(() -> moves("d").equals(List.of(List.of("b", "master"))));
        treesChanged();
        assertThat(moves("a")).isEmpty();
        assertThat(moves("b")).hasSize(1);
        assertThat(moves("d")).hasSize(1);
    }

    @Test
    void nobodyIsSentBelowItselfInTheSameStripe() {
        String id = begin(2);
        says("a", id, 1_000, 10);
        says("b", id, 1_000, 2_000);
        says("c", id, 1_000, 2_000);
        says("d", id, 1_000, 2_000);

        bench.planner.turn();
        treesChanged();

        assertThat(moves("a"))
                .as("its new parent of the first stripe is b, which is below it there")
                .isEmpty();
        assertThat(moves("b")).isEmpty();
        assertThat(moves("c")).isEmpty();
        assertThat(moves("d")).isEmpty();
    }

    @Test
    void aNodeWithAllParentsKeepsItsNumberOfStripes() {
        String id = begin(1);
        says("a", id, 50_000, 1_000);
        says("b", id, 40_000, 1_000);
        says("c", id, 30_000, 1_000);
        says("d", id, 20_000, 1_000);

        bench.planner.stripes(2);
        treesChanged();

        assertThat(moves("a")).isEmpty();
        assertThat(moves("d")).isEmpty();
    }

    @Test
    void aNodeThatMustMoveTakesTheNewNumberOfStripesWithoutACircle() {
        begin(1);
        bench.planner.stripes(2);

        bench.members.disconnect("b");

        // The second stripe of c would come from d, which waits for c with all it gets.
        soon().alias("c moves").until(() -> moves("c").equals(List.of(List.of("a", "master"))));
        treesChanged();
        assertThat(moves("d")).isEmpty();
        assertThat(moves("a")).isEmpty();
    }

    @Test
    void aStripeWhoseParentLivesStaysWhenThePlanHasAnotherNumberOfStripes() {
        begin(2);
        bench.planner.stripes(1);

        bench.members.disconnect("c");

        // The one tree's parent of b is a, which gets the second stripe from b.
        soon().alias("b moves its second stripe only").until(() -> moves("b").equals(List.of(List.of("a", "master"))));
        treesChanged();
        assertThat(moves("a")).isEmpty();
    }

    @Test
    void thePreviewNamesTheParentsOfAllStripes() throws Exception {
        bench.planner.stripes(2);
        bench.images.push(IMAGE, "one", BYTES);

        Preview preview = bench.replicator().preview(ImageName.parse(IMAGE));

        assertThat(preview.parts().stream().map(Preview.Part::parent))
                .containsExactly("", "master, b", "a, c", "b, d", "c, master");
    }
}
