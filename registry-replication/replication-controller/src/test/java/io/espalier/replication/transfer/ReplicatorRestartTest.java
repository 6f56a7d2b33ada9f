package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.relay.protocol.TransferState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a master that starts again takes up, and what is left of one that ended. */
class ReplicatorRestartTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

    @Test
    void unfinishedTransfersGoOnAfterARestart() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "master", "a");
        bench.restart();

        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
        Assign again = bench.members.sent("b", Assign.class).get(1);
        assertThat(again.transfer().id()).isEqualTo(id);
        assertThat(bench.members.sent("a", Assign.class)).hasSize(1);
    }

    @Test
    void transferThatCannotBeReadIsLeftOutAndTheOthersGoOn() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        bench.store.damage(bench.awaitAssign("b", IMAGE, 1).transfer().id());
        bench.images.push("shop/db:1", "db", 5);
        bench.changed("shop/db:1");
        bench.awaitAssign("b", "shop/db:1", 1);
        bench.restart();
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 3);
        assertThat(bench.members.sent("b", Assign.class).get(2).transfer().repository())
                .isEqualTo("shop/db");
        bench.images.push(IMAGE, "two", 2_000);
        bench.changed(IMAGE);
        bench.awaitAssign("b", IMAGE, 2);
    }

    @Test
    void finishedTransfersDoNotBeginAgainAfterARestart() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        bench.done(bench.awaitAssign("b", IMAGE, 1).transfer().id(), "master", "a", "b");
        bench.restart();
        bench.changed(IMAGE);
        bench.images.push("shop/db:1", "db", 5);
        bench.changed("shop/db:1");
        bench.awaitAssign("a", "shop/db:1", 1);

        assertThat(bench.members.sent("a", Assign.class)).hasSize(2);
    }

    @Test
    void closedReplicatorHearsNothing() {
        bench.replicator().close();
        bench.members.report("a", report("0123456789ab", TransferState.RECEIVING, 1, "b"));
        bench.members.connect("c");

        assertThat(bench.members.sent("a", Cancel.class)).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("replication-controller-"));
    }

    @Test
    void closedReplicatorIsNoLongerListenedFor() {
        bench.restart();
        bench.restart();
        assertThat(bench.members.listeners()).isEqualTo(1);
    }
}
