package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes on while the database is away, what waits, and that nothing is lost; and what a lost database leaves to mend. */
@Timeout(60)
class DatabaseAwayTest {
    private static final String IMAGE = "app/web:v1";
    private static final ReplicatorTiming STORING_OFTEN = new ReplicatorTiming(
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofSeconds(60),
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    @RegisterExtension
    final ReplicatorBench bench = new ReplicatorBench(Backfill.CURRENT, STORING_OFTEN, "a", "b");

    private String begun() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        bench.awaitAssign("b", IMAGE, 1);
        return bench.awaitAssign("a", IMAGE, 1).transfer().id();
    }

    @Test
    void aTransferThatEndsMeanwhileIsStoredWhenItIsBack() {
        String id = begun();
        bench.store.fail(true);
        bench.done(id, "master", "a", "b");
        assertThat(bench.replicator()
                        .newest(ImageName.parse(IMAGE))
                        .orElseThrow()
                        .nodes())
                .as("what is shown meanwhile")
                .allMatch(node -> node.report().state() == TransferState.DONE);
        assertThat(bench.store.state(id, "a")).isNotEqualTo(TransferState.DONE);
        bench.store.fail(false);

        for (String node : new String[] {"master", "a", "b"}) {
            soon().until(() -> bench.store
                    .state(id, node)
                    .filter(TransferState.DONE::equals)
                    .isPresent());
        }
    }

    @Test
    void aReportOfATransferThatIsOverIsKeptUntilItIsBack() {
        String id = begun();
        bench.done(id, "master", "a", "b");
        soon().until(() ->
                bench.store.state(id, "b").filter(TransferState.DONE::equals).isPresent());
        bench.store.fail(true);
        bench.members.connect("c", report(id, TransferState.RECEIVING, 10, "a"));
        bench.members.report("c", report(id, TransferState.DONE, 1_000, "a"));
        bench.store.fail(false);

        soon().until(() ->
                bench.store.state(id, "c").filter(TransferState.DONE::equals).isPresent());
    }

    @Test
    void childrenGetAnotherParentThoughAnotherTransferWaitsForIt() {
        String id = begun();
        bench.store.fail(true);
        bench.images.push("app/other:v1", "other", 10);
        bench.changed("app/other:v1");
        soon().until(() -> bench.replicator().problems().containsKey(ImageName.parse("app/other:v1")));
        bench.members.disconnect("a");

        soon().until(() -> bench.members.sent("b", Reroute.class).stream()
                .anyMatch(reroute -> reroute.transfer().equals(id)));
        bench.store.fail(false);
        bench.awaitAssign("b", "app/other:v1", 1);
    }

    @Test
    void aTransferThatWasStoredThoughTheDatabaseWentAwayInTheCommitBegins() {
        bench.store.goAwayInTheNextCommit();
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);

        bench.awaitAssign("a", IMAGE, 1);
        assertThat(bench.store.transfers(10)).hasSize(1);
    }

    @Test
    void countsOnFromTheGenerationThatANodeKnows() {
        String id = begun();
        bench.members.report("a", outdated(id, 7));
        String next = bench.awaitAssign("a", IMAGE, 8).transfer().id();
        bench.awaitAssign("b", IMAGE, 8);

        bench.members.report("b", outdated(next, 9));
        bench.awaitAssign("a", IMAGE, 10);
        bench.awaitAssign("b", IMAGE, 10);
    }

    @Test
    void countsOnOnceItIsBackFromAGenerationThatItLearntMeanwhile() {
        String id = begun();
        bench.store.fail(true);
        bench.members.report("a", outdated(id, 7));
        bench.store.fail(false);

        bench.awaitAssign("a", IMAGE, 8);
    }

    @Test
    void anAncientTransferOrAnImpossibleGenerationChangesNothing() {
        String first = begun();
        bench.images.push(IMAGE, "two", 1_000);
        bench.changed(IMAGE);
        String second = bench.awaitAssign("a", IMAGE, 2).transfer().id();
        bench.members.report("a", outdated(first, 2));
        bench.members.report("a", outdated(second, Long.MAX_VALUE));
        bench.members.report("a", outdated(second, 1));
        bench.images.push(IMAGE, "three", 1_000);
        bench.changed(IMAGE);

        bench.awaitAssign("a", IMAGE, 3);
    }

    private static TransferReport outdated(String transfer, long newest) {
        return report(transfer, TransferState.SUPERSEDED, 0, "").outdatedBy(newest);
    }
}
