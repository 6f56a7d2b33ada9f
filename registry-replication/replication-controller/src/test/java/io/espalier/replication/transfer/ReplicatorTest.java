package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicatorTest {
    private static final String IMAGE = "shop/web:1.0";

    private final ReplicatorBench bench = ReplicatorBench.of("a", "b");

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void tellsEveryNodeWhatToGetFromWhom() {
        bench.images.push(IMAGE, "one", 1_000, 2_000);
        bench.changed(IMAGE);

        Assign atA = bench.awaitAssign("a", IMAGE, 1);
        Assign atB = bench.awaitAssign("b", IMAGE, 1);
        assertThat(bench.awaitAssign("master", IMAGE, 1).route().isRoot()).isTrue();
        assertThat(atA.route().branches().get(0).sources().get(0).node()).hasToString("master");
        assertThat(atB.route().branches().get(0).sources().get(0).node()).hasToString("a");
        assertThat(atB.transfer().bytes()).isEqualTo(3_000);
    }

    @Test
    void sendsEveryNodeTheHashesOfEveryBlob() {
        bench.images.push(IMAGE, "one", 1_000, 600_000);
        bench.changed(IMAGE);

        for (String node : List.of("master", "a", "b")) {
            soon().alias("hashes at " + node).until(() -> bench.members.sent(node, Hashes.class).stream()
                    .map(hashes -> hashes.sha256().length)
                    .sorted()
                    .toList()
                    .equals(List.of(32, 96)));
        }
    }

    @Test
    void tagThatIsToldBeforeItShowsIsLookedAtAgain() {
        String old = bench.images.push(IMAGE, "old", 100);
        bench.replicator().changed("shop/web", "1.0", old);
        bench.awaitAssign("a", IMAGE, 1);
        bench.replicator().changed("shop/web", "1.0", FakeImages.digest("new"));
        bench.replicator().changed("shop/db", "1", FakeImages.digest("db"));
        bench.images.push("shop/other:1", "other", 5);
        bench.changed("shop/other:1");
        bench.awaitAssign("a", "shop/other:1", 1);
        bench.images.push(IMAGE, "new", 200);
        bench.images.push("shop/db:1", "db", 5);

        bench.awaitAssign("a", IMAGE, 2);
        bench.awaitAssign("a", "shop/db:1", 1);
    }

    @Test
    void tagThatIsToldOfWhileItsForerunnerShowsEndsAtWhatWasTold() {
        bench.images.push(IMAGE, "old", 100);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 1);
        bench.images.push(IMAGE, "forerunner", 150);
        bench.noticed(IMAGE, FakeImages.digest("new"));
        bench.awaitAssign("a", IMAGE, 2);
        String newest = bench.images.push(IMAGE, "new", 200);

        assertThat(bench.awaitAssign("a", IMAGE, 3).transfer().tags().get(0).digest())
                .isEqualTo(newest);
    }

    @Test
    void unchangedTagIsNoTransfer() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 1);
        bench.changed(IMAGE);
        bench.images.push("shop/db:1", "db", 5);
        bench.changed("shop/db:1");
        bench.awaitAssign("a", "shop/db:1", 1);

        assertThat(bench.images.resolved()).containsExactly(ImageName.parse(IMAGE), ImageName.parse("shop/db:1"));
    }

    @Test
    void overwrittenTagEndsAtTheNewestAndCancelsTheOlder() {
        String last = "";
        for (int i = 0; i < 20; i++) {
            last = bench.images.push(IMAGE, "content " + i, 100 + i);
            bench.changed(IMAGE);
        }
        String newest = last;
        soon().until(() -> bench.members.sent("b", Assign.class).stream()
                .reduce((first, second) -> second)
                .filter(assign -> assign.transfer().tags().get(0).digest().equals(newest))
                .isPresent());

        List<Assign> assigned = bench.members.sent("b", Assign.class);
        List<Long> generations = assigned.stream()
                .map(assign -> assign.transfer().tags().get(0).generation())
                .toList();
        assertThat(generations).isSorted().doesNotHaveDuplicates();
        soon().until(() -> bench.members.sent("b", Cancel.class).size() == assigned.size() - 1);
    }

    @Test
    void tagThatReturnsToAnOldDigestIsANewGeneration() {
        String one = bench.images.push(IMAGE, "one", 100);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 1);
        bench.images.push(IMAGE, "two", 200);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 2);
        bench.images.push(IMAGE, "one", 100);
        bench.changed(IMAGE);

        assertThat(bench.awaitAssign("a", IMAGE, 3).transfer().tags().get(0).digest())
                .isEqualTo(one);
    }

    @Test
    void filteredImagesAreNotSent() {
        bench.images.push("secret/key:1", "key", 10);
        bench.images.push("shop/web:dev-7", "dev", 10);
        bench.changed("secret/key:1");
        bench.changed("shop/web:dev-7");
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);
        bench.awaitAssign("a", IMAGE, 1);

        assertThat(bench.images.resolved()).containsExactly(ImageName.parse(IMAGE));
    }

    @Test
    void priorityComesFromRulesUnlessItIsGiven() throws Exception {
        bench.images.push("urgent/fix:1", "fix", 10);
        bench.changed("urgent/fix:1");
        assertThat(bench.awaitAssign("a", "urgent/fix:1", 1).transfer().priority())
                .isEqualTo(10);
        bench.images.push(IMAGE, "one", 10);
        bench.replicator().push(ImageName.parse(IMAGE), OptionalInt.of(2));
        assertThat(bench.awaitAssign("a", IMAGE, 1).transfer().priority()).isEqualTo(2);
    }

    @Test
    void signatureThatComesLaterIsSentOnItsOwnAndSignaturesOfUnknownImagesAreNot() {
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);
        Assign image = bench.awaitAssign("a", IMAGE, 1);
        bench.images.sign(IMAGE, "signature");
        String tag = image.transfer().tags().get(0).digest().replace(':', '-') + ".sig";
        bench.changed("shop/web:" + FakeImages.digest("unknown").replace(':', '-') + ".sig");
        bench.changed("shop/web:" + tag);

        soon().until(() -> bench.members.sent("a", Assign.class).stream()
                .anyMatch(assign -> assign.transfer().tags().get(0).tag().equals(tag)));
        assertThat(bench.members.sent("a", Assign.class)).hasSize(2);
    }

    @Test
    void signatureTagsComeBeforeTheImagesTag() {
        bench.images.push(IMAGE, "one", 10);
        bench.images.sign(IMAGE, "signature");
        bench.changed(IMAGE);

        assertThat(bench.awaitAssign("a", IMAGE, 1).transfer().tags())
                .extracting(tag -> tag.tag().endsWith(".sig"))
                .containsExactly(true, false);
    }

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
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);

        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
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
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
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
        bench.images.push(IMAGE, "one", 10);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
        soon().until(() ->
                bench.replicator().transfer(id).orElseThrow().problem().equals("The registry is away."));

        bench.images.failHashes(null);
        soon().until(() -> !bench.members.sent("a", Hashes.class).isEmpty());
        soon().until(() ->
                bench.replicator().transfer(id).orElseThrow().problem().isEmpty());
    }

    @Test
    void stateChangesAreStoredAtOnceAndProgressIsNot() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
        bench.members.report("a", report(id, TransferState.RECEIVING, 1, "master"));
        assertThat(bench.store.state(id, "a")).contains(TransferState.RECEIVING);
        int saves = bench.store.saves();
        for (int i = 2; i < 50; i++) {
            bench.members.report("a", report(id, TransferState.RECEIVING, i, "master"));
        }

        assertThat(bench.store.saves()).isEqualTo(saves);
        assertThat(bench.replicator().transfer(id).orElseThrow().nodes())
                .anyMatch(node -> node.report().bytesReceived() == 49);
        assertThat(bench.replicator().metrics())
                .contains("espalier_replication_edge_bytes_total{parent=\"master\",child=\"a\"} 49");
    }

    @Test
    void nodeThatKeepsANewerGenerationThanTheMastersIsNotCalledDone() {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
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
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
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
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
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
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("a", IMAGE, 1).transfer().id();
        soon().until(() -> bench.members.sent("a", Hashes.class).size() == 1);
        bench.members.disconnect("a");
        bench.members.connect("a", report(id, TransferState.RECEIVING, 500, "master"));

        soon().until(() -> bench.members.sent("a", Assign.class).size() == 2);
        soon().until(() -> bench.members.sent("a", Hashes.class).size() == 2);
    }

    @Test
    void transferThatTheMasterDoesNotKnowIsCancelled() {
        bench.members.report("a", report("0123456789ab", TransferState.RECEIVING, 1, "b"));

        assertThat(bench.members.sent("a", Cancel.class))
                .extracting(Cancel::transfer)
                .containsExactly("0123456789ab");
    }

    @Test
    void pushByHandOfAnUnchangedImageAsksNodesThatLackIt() throws Exception {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a");
        bench.members.report("b", report(id, TransferState.CANCELLED, 0, ""));
        PushResult again = bench.replicator().push(ImageName.parse(IMAGE), OptionalInt.empty());

        assertThat(again.changed()).isFalse();
        assertThat(again.transfer()).isEqualTo(id);
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
    }

    @Test
    void pushByHandOfAMissingImageSaysSo() {
        assertThatThrownBy(() -> bench.replicator().push(ImageName.parse("no/such:1"), OptionalInt.empty()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no/such:1")
                .hasMessageContaining("push it there first");
    }

    @Test
    void previewSaysWhatWouldBeSentWhereAndChangesNothing() throws Exception {
        bench.images.push("shop/base:1", "base", 1_000);
        bench.changed("shop/base:1");
        String id = bench.awaitAssign("b", "shop/base:1", 1).transfer().id();
        bench.done(id, "master", "a");
        bench.images.push(IMAGE, "one", 1_000, 50);
        Preview preview = bench.replicator().preview(ImageName.parse(IMAGE));

        assertThat(preview.bytes()).isEqualTo(1_050);
        assertThat(preview.parts())
                .extracting(part -> part.node() + " " + part.parent() + " " + part.bytes())
                .containsExactly("master  0", "a master 50", "b a 1050");
        assertThat(preview.parts().get(2).predicted()).contains(Duration.ofMillis(3_150));
        assertThat(bench.replicator().newest(ImageName.parse(IMAGE))).isEmpty();
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

    @Test
    void manyImagesAreAdmittedAsOthersFinishAndUrgentOnesFirst() {
        for (int i = 0; i < 40; i++) {
            bench.images.push("shop/app" + i + ":1", "app " + i, 10);
            bench.changed("shop/app" + i + ":1");
        }
        soon().until(() -> bench.members.sent("a", Assign.class).size() == 16);
        soon().until(() -> bench.replicator().metrics().contains("transfers_waiting 24\n"));
        bench.images.push("urgent/fix:1", "fix", 10);
        bench.changed("urgent/fix:1");
        soon().until(() -> bench.replicator().metrics().contains("transfers_waiting 25\n"));
        bench.done(bench.members.sent("a", Assign.class).get(0).transfer().id(), "master", "a", "b");

        soon().until(() -> bench.members.sent("a", Assign.class).size() == 17);
        assertThat(bench.members.sent("a", Assign.class).get(16).transfer().repository())
                .isEqualTo("urgent/fix");
    }
}
