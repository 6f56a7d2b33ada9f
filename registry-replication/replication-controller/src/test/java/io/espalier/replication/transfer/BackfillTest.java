package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.TransferState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nodes get that join, return, or join again. */
class BackfillTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

    @Test
    void nodeThatJoinsGetsWhatOthersHaveFromOneThatHasIt() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "master", "a", "b");
        bench.members.connect("c");

        Assign late = bench.awaitAssign("c", IMAGE, 1);
        assertThat(late.route().branches().get(0).sources().get(0).node()).hasToString("b");
        assertThat(late.route().branches().get(0).sources())
                .extracting(source -> source.node())
                .contains(FakeMembers.MASTER);
        soon().until(() -> !bench.members.sent("c", Hashes.class).isEmpty());
        assertThat(bench.members.sent("a", Assign.class)).hasSize(1);
    }

    @Test
    void backfillGoesFewAtATime() {
        for (int i = 0; i < 10; i++) {
            String image = "shop/app" + i + ":1";
            bench.images.push(image, "app " + i, 10);
            bench.changed(image);
            bench.done(bench.awaitAssign("b", image, 1).transfer().id(), "master", "a", "b");
        }
        bench.members.connect("c");
        soon().until(() -> bench.members.sent("c", Assign.class).size() == 4);
        bench.done(bench.members.sent("c", Assign.class).get(0).transfer().id(), "c");

        soon().until(() -> bench.members.sent("c", Assign.class).size() == 5);
    }

    @Test
    void nodeThatLacksNothingIsToldNothing() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "master", "a", "b");
        bench.members.connect("a", report(id, TransferState.DONE, 1_000, "master"));
        bench.images.push("shop/db:1", "db", 5);
        bench.changed("shop/db:1");
        bench.awaitAssign("a", "shop/db:1", 1);

        assertThat(bench.members.sent("a", Assign.class)).hasSize(2);
    }

    @Test
    void nodeThatWasRemovedAndJoinsAgainGetsEverythingAnew() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "master", "a", "b");
        bench.members.remove("b");
        bench.store.forgetNode("b");
        bench.members.connect("b");
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
    }

    @Test
    void nodeThatIsRemovedAndJoinsAgainDuringATransferGetsItAnew() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "b");
        bench.members.remove("b");
        bench.store.forgetNode("b");
        bench.members.connect("b");
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
        assertThat(bench.replicator().transfer(id).orElseThrow().state()).isEqualTo("running");
    }

    @Test
    void withoutBackfillANodeGetsOnlyWhatComesLater() {
        try (ReplicatorBench none = new ReplicatorBench(Backfill.NONE, ReplicatorBench.FAST, "a")) {
            none.images.push(IMAGE, "one", 1_000);
            none.changed(IMAGE);
            none.done(none.awaitAssign("a", IMAGE, 1).transfer().id(), "master", "a");
            none.members.connect("c");
            none.images.push("shop/db:1", "db", 5);
            none.changed("shop/db:1");
            none.awaitAssign("c", "shop/db:1", 1);

            assertThat(none.members.sent("c", Assign.class)).hasSize(1);
        }
    }

    @Test
    void withoutBackfillANodeGetsNoMoreAfterARestart() {
        try (ReplicatorBench none = new ReplicatorBench(Backfill.NONE, ReplicatorBench.FAST, "a")) {
            none.images.push(IMAGE, "one", 1_000);
            none.changed(IMAGE);
            none.done(none.awaitAssign("a", IMAGE, 1).transfer().id(), "master", "a");
            none.members.connect("c");
            none.images.push("shop/db:1", "db", 5);
            none.changed("shop/db:1");
            none.awaitAssign("c", "shop/db:1", 1);
            none.restart();
            soon().until(() -> none.members.sent("c", Assign.class).size() == 2);
            assertThat(none.members.sent("c", Assign.class))
                    .as("what was on its way goes on, the older one is not sent")
                    .extracting(assign -> assign.transfer().repository())
                    .containsExactly("shop/db", "shop/db");
        }
    }

    @Test
    void withoutBackfillATransferThatNobodyReportedGoesOnAfterARestart() {
        try (ReplicatorBench none = new ReplicatorBench(Backfill.NONE, ReplicatorBench.FAST, "a")) {
            none.images.push(IMAGE, "one", 1_000);
            none.changed(IMAGE);
            none.awaitAssign("a", IMAGE, 1);
            none.restart();
            soon().until(() -> none.members.sent("a", Assign.class).size() == 2);
        }
    }

    @Test
    void fullBackfillLooksAtTheWholeRegistryToo() {
        try (ReplicatorBench all = new ReplicatorBench(Backfill.ALL, ReplicatorBench.FAST, "a")) {
            int before = all.rescans.get();
            all.members.connect("c");
            assertThat(all.rescans).hasValue(before + 1);
        }
    }

    @Test
    void nodesThatWereThereBeforeAreBroughtUpToDateToo() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.done(id, "master", "a");
        bench.members.report("b", report(id, TransferState.CANCELLED, 0, ""));
        bench.restart();

        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
    }
}
