package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The planner makes a chain in the order of names, or backwards: every node has another parent then. */
class ReroutingTest {
    private static final String IMAGE = "shop/web:1.0";
    private static final String BIG = "shop/big:1.0";
    private static final long BYTES = 100_000;
    private static final long BIG_BYTES = 2_000_000;

    @RegisterExtension
    final ReplicatorBench bench = new ReplicatorBench(Backfill.CURRENT, ReplicatorBench.WITHOUT_GRACE, "a", "b", "c");

    private String begin() {
        bench.images.push(IMAGE, "one", BYTES);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("c", IMAGE, 1).transfer().id();
        bench.awaitAssign("a", IMAGE, 1);
        bench.awaitAssign("b", IMAGE, 1);
        return id;
    }

    private void says(String node, String id, long received, long rate, String parent) {
        bench.members.report(
                node, new TransferReport(id, TransferState.RECEIVING, BYTES, 0, received, 0, rate, parent, 0, "", 5));
    }

    /**
     * Trees of these sizes are others now; returns when that is worked off for an image of so many bytes. Since one thread plans and
     * tells, all is told of one plan when the next has begun; the first may have been due before.
     */
    private void treesChanged(LongPredicate sizes, long bytes) {
        for (int i = 0; i < 3; i++) {
            int before = bench.planner.plans(bytes);
            bench.replicator().treesChanged(sizes);
            soon().alias("another plan for " + bytes + " bytes").until(() -> bench.planner.plans(bytes) > before);
        }
    }

    private void treesChanged() {
        treesChanged(bytes -> true, BYTES);
    }

    private List<String> newParents(String node) {
        return bench.members.sent(node, Reroute.class).stream()
                .map(reroute -> reroute.route()
                        .branches()
                        .get(0)
                        .sources()
                        .get(0)
                        .node()
                        .value())
                .toList();
    }

    @Test
    void newTreeMovesNobodyWhoIsWell() {
        String id = begin();
        says("a", id, 50_000, 1_000, "master");
        says("b", id, 40_000, 1_000, "a");
        says("c", id, 30_000, 1_000, "b");

        bench.planner.turn();
        treesChanged();

        assertThat(newParents("a")).isEmpty();
        assertThat(newParents("b")).isEmpty();
        assertThat(newParents("c")).isEmpty();
    }

    @Test
    void newTreeMovesOnlyTheNodeThatLags() {
        String id = begin();
        says("a", id, 50_000, 1_000, "master");
        says("b", id, 40_000, 1_000, "a");
        says("c", id, 1_000, 100, "b");

        bench.planner.turn();
        treesChanged();

        assertThat(newParents("c")).containsExactly("master");
        assertThat(newParents("a")).isEmpty();
        assertThat(newParents("b")).isEmpty();
    }

    @Test
    void nodeWhoseParentHasNoMoreThanItselfDoesNotLag() {
        String id = begin();
        says("a", id, 1_100, 100, "master");
        says("b", id, 1_050, 100, "a");
        says("c", id, 1_000, 100, "b");

        bench.planner.turn();
        treesChanged();
        assertThat(newParents("b")).isEmpty();
        assertThat(newParents("c")).isEmpty();
    }

    @Test
    void nobodyIsSentBelowItself() {
        String id = begin();
        says("a", id, 1_000, 100, "master");
        says("b", id, 1_000, 1_000, "a");
        says("c", id, 1_000, 1_000, "b");

        bench.planner.turn();
        treesChanged();

        assertThat(newParents("a"))
                .as("in the new tree it is below b, which still is below it")
                .doesNotContain("b", "c");
    }

    @Test
    void treesOfOtherSizesMoveNobody() {
        String id = begin();
        says("a", id, 50_000, 1_000, "master");
        says("b", id, 40_000, 1_000, "a");
        says("c", id, 1_000, 100, "b");

        bench.planner.turn();
        bench.images.push(BIG, "big", BIG_BYTES);
        bench.changed(BIG);
        bench.awaitAssign("c", BIG, 1);
        treesChanged(bytes -> bytes > BYTES, BIG_BYTES);

        assertThat(newParents("c")).isEmpty();
    }

    @Test
    void nodeThatComesBackDisturbsNoOther() {
        String id = begin();
        says("a", id, 50_000, 1_000, "master");
        says("b", id, 40_000, 1_000, "a");
        bench.planner.turn();
        bench.members.disconnect("c");
        bench.members.connect("c", report(id, TransferState.RECEIVING, 500, "b"));

        soon().until(() -> bench.awaitAssign("c", IMAGE, 1)
                .route()
                .branches()
                .get(0)
                .sources()
                .get(0)
                .node()
                .value()
                .equals("master"));
        treesChanged();
        assertThat(newParents("a")).isEmpty();
        assertThat(newParents("b")).isEmpty();
    }

    @Test
    void childrenOfANodeThatIsGoneAreMovedAndNoOther() {
        String id = begin();
        says("a", id, 50_000, 1_000, "master");
        says("c", id, 30_000, 1_000, "b");
        bench.members.disconnect("b");

        soon().until(() -> newParents("c").equals(List.of("a")));
        treesChanged();
        assertThat(newParents("a")).isEmpty();
    }
}
