package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.MasterMessage.Reroute;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageException.Code;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images that cannot be read, and nodes and databases that go away. */
class TransferTroubleTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

    @Test
    void imageThatCannotBeReadIsTriedAgainAndHoldsUpNoOther() {
        bench.images.push("broken/app:1", "app", 10);
        bench.images.fail("broken/app", new ImageException(Code.UNREADABLE, "The registry answered 503.", null));
        bench.changed("broken/app:1");
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 1);
        soon().until(() -> bench.replicator().problems().containsValue("The registry answered 503."));

        bench.images.fail("broken/app", null);
        bench.awaitAssign("a", "broken/app:1", 1);
        soon().until(() -> bench.replicator().problems().isEmpty());
    }

    @Test
    void changeThatFailsUnexpectedlyIsNamedAndTriedAgain() {
        bench.images.push(IMAGE, "one", 10);
        bench.images.crash("shop/web", new IllegalStateException("nobody thought of it"));
        bench.changed(IMAGE);
        soon().until(() -> String.valueOf(bench.replicator().problems().get(ImageName.parse(IMAGE)))
                .contains("nobody thought of it"));
        bench.images.crash("shop/web", null);
        bench.awaitAssign("a", IMAGE, 1);
        soon().until(() -> bench.replicator().problems().isEmpty());
    }

    @Test
    void refusedImageIsNamedAndNothingOfItIsSent() {
        bench.images.push("broken/app:1", "app", 10);
        bench.images.fail("broken/app", ImageException.refused("Tried to read it but it is schema 1."));
        bench.changed("broken/app:1");

        soon().until(() -> bench.replicator().problems().get(ImageName.parse("broken/app:1")) != null);
        assertThat(bench.members.sent("a", Assign.class)).isEmpty();
    }

    @Test
    void wrongDigestOfABlobStopsTheTransferEverywhere() {
        String sentence = "Its bytes do not have that digest.";
        bench.images.failHashes(ImageException.refused(sentence));
        String id = bench.begin(IMAGE, "a", 10);
        soon().until(() -> bench.members.sent("a", Cancel.class).stream()
                .anyMatch(cancel ->
                        cancel.transfer().equals(id) && cancel.reason().contains("digest")));
        assertThat(bench.replicator().transfer(id).orElseThrow().state()).isEqualTo("failed");
        assertThat(bench.replicator().problems()).containsEntry(ImageName.parse(IMAGE), sentence);
    }

    @Test
    void refusedImageStaysNamedAndIsSentWhenItIsPushedAgain() {
        String sentence = "Its bytes do not have that digest.";
        bench.images.failHashes(ImageException.refused(sentence));
        String id = bench.begin(IMAGE, "a", 10);
        soon().until(() -> !bench.members.sent("b", Cancel.class).isEmpty());
        for (String node : List.of("master", "a", "b")) {
            bench.members.report(node, report(id, TransferState.CANCELLED, 0, ""));
        }
        assertThat(bench.replicator().problems()).containsEntry(ImageName.parse(IMAGE), sentence);
        bench.images.failHashes(null);
        bench.changed(IMAGE);
        soon().until(() -> bench.members.sent("a", Assign.class).size() == 2);
        soon().until(() -> !bench.members.sent("a", Hashes.class).isEmpty());
        assertThat(bench.replicator().problems()).isEmpty();
        assertThat(bench.replicator().transfer(id).orElseThrow().state()).isEqualTo("running");
    }

    @Test
    void blobsThatCannotBeReadAreTriedAgain() {
        bench.images.failHashes(new ImageException(Code.UNREADABLE, "The registry is away.", null));
        String id = bench.begin(IMAGE, "a", 10);
        soon().until(() ->
                bench.replicator().transfer(id).orElseThrow().problem().equals("The registry is away."));

        bench.images.failHashes(null);
        soon().until(() -> !bench.members.sent("a", Hashes.class).isEmpty());
        soon().until(() ->
                bench.replicator().transfer(id).orElseThrow().problem().isEmpty());
    }

    @Test
    void nodeThatKeepsANewerGenerationThanTheMastersIsNotCalledDone() {
        String id = bench.begin(IMAGE, "a", 1_000);
        bench.done(id, "master", "a");
        bench.members.report("b", report(id, TransferState.SUPERSEDED, 0, ""));
        TransferView view = bench.replicator().transfer(id).orElseThrow();
        assertThat(view.state()).isEqualTo("superseded");
        assertThat(view.nodes())
                .filteredOn(node -> node.node().equals(FakeMembers.id("b")))
                .singleElement()
                .satisfies(node -> assertThat(node.report().problem()).contains("newer generation", "clock", "Backup"));
    }

    @Test
    void reportsAreKeptWhileTheDatabaseIsAway() {
        String id = bench.begin(IMAGE, "a", 1_000);
        bench.store.fail(true);
        bench.members.report("a", report(id, TransferState.RECEIVING, 1, "master"));
        bench.store.fail(false);
        bench.members.report("a", report(id, TransferState.DONE, 1_000, "master"));

        assertThat(bench.store.state(id, "a")).contains(TransferState.DONE);
    }

    @Test
    void changesAndTransfersWaitWhileTheDatabaseIsAway() {
        bench.store.fail(true);
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        soon().until(() -> bench.replicator().problems().containsKey(ImageName.parse(IMAGE)));
        bench.store.fail(false);

        bench.awaitAssign("a", IMAGE, 1);
    }

    @Test
    void childrenOfANodeThatGoesGetAnotherParent() {
        String id = bench.begin(IMAGE, "b", 1_000);
        bench.members.disconnect("a");

        soon().until(() -> bench.members.sent("b", Reroute.class).stream()
                .anyMatch(reroute -> reroute.transfer().equals(id)
                        && reroute.route()
                                .branches()
                                .get(0)
                                .sources()
                                .get(0)
                                .node()
                                .equals(FakeMembers.MASTER)));
    }

    @Test
    void nodeThatReturnsDuringATransferIsToldAgainWithHashes() {
        String id = bench.begin(IMAGE, "a", 1_000);
        soon().until(() -> bench.members.sent("a", Hashes.class).size() == 1);
        bench.members.disconnect("a");
        bench.members.connect("a", report(id, TransferState.RECEIVING, 500, "master"));

        soon().until(() -> bench.members.sent("a", Assign.class).size() == 2);
        soon().until(() -> bench.members.sent("a", Hashes.class).size() == 2);
    }

    @Test
    void nodeThatGetsNothingIsHelpedByOneThatHasIt() {
        ReplicatorTiming hasty = new ReplicatorTiming(
                Duration.ZERO,
                Duration.ofSeconds(30),
                Duration.ofMillis(400),
                Duration.ofMillis(20),
                Duration.ofMillis(100));
        try (ReplicatorBench idle = new ReplicatorBench(Backfill.CURRENT, hasty, "a", "b")) {
            idle.images.push(IMAGE, "one", 1_000);
            idle.changed(IMAGE);
            String id = idle.awaitAssign("b", IMAGE, 1).transfer().id();
            idle.members.report("b", report(id, TransferState.RECEIVING, 10, "a"));

            soon().until(() -> idle.members.sent("b", Assign.class).stream().anyMatch(assign -> assign.route()
                    .branches()
                    .get(0)
                    .sources()
                    .get(0)
                    .node()
                    .equals(FakeMembers.MASTER)));
        }
    }
}
