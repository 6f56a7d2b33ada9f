package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Checking;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What verification finds, and what follows from it. */
class ImageVerifyTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

    @Test
    void verifyComparesEveryNodeWithTheMaster() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.members.disconnect("b");
        CompletableFuture<List<Verdict>> verdicts = CompletableFuture.supplyAsync(() -> {
            try {
                return bench.replicator().verify(ImageName.parse(IMAGE), Duration.ofSeconds(8));
            } catch (ImageException e) {
                throw new AssertionError(e);
            }
        });
        answer("master", new ImageCheck("shop/web", "1.0", digest, true, ""));
        answer("a", new ImageCheck("shop/web", "1.0", FakeImages.digest("other"), true, ""));

        assertThat(verdicts.get(9, TimeUnit.SECONDS)).extracting(Verdict::right).containsExactly(true, false, false);
        assertThat(verdicts.get().get(1).problem()).contains("another digest");
        assertThat(verdicts.get().get(2).problem()).contains("not connected");
    }

    @Test
    void nodeThatLostAnImageIsNamedAndGetsItAgainByAPush() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a", "b");
        verifyWhileBLacksIt(digest, new ImageCheck("shop/web", "1.0", digest, true, ""));
        assertThat(bench.store.state(id, "b")).contains(TransferState.CANCELLED);
        assertThat(bench.replicator().transfer(id).orElseThrow().nodes())
                .anyMatch(node -> node.report().problem().equals("The layer is missing."));
        bench.replicator().push(ImageName.parse(IMAGE), OptionalInt.empty());
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
        assertThat(bench.members.sent("a", Assign.class)).hasSize(1);
    }

    @Test
    void nodeThatLostAnImageGetsItAgainWhileOthersStillReceiveIt() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "b");
        bench.members.report("a", report(id, TransferState.RECEIVING, 1, "master"));
        verifyWhileBLacksIt(digest, new ImageCheck("shop/web", "1.0", "", false, ""));
        assertThat(bench.replicator().transfer(id).orElseThrow().nodes())
                .as("it did not say that it has it")
                .anyMatch(node -> node.report().state() == TransferState.RECEIVING);
        bench.replicator().push(ImageName.parse(IMAGE), OptionalInt.empty());
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
    }

    private void verifyWhileBLacksIt(String digest, ImageCheck atA) throws Exception {
        CompletableFuture<List<Verdict>> verdicts = CompletableFuture.supplyAsync(() -> {
            try {
                return bench.replicator().verify(ImageName.parse(IMAGE), Duration.ofSeconds(8));
            } catch (ImageException e) {
                throw new AssertionError(e);
            }
        });
        answer("master", new ImageCheck("shop/web", "1.0", digest, true, ""));
        answer("a", atA);
        answer("b", new ImageCheck("shop/web", "1.0", digest, false, "The layer is missing."));
        assertThat(verdicts.get(9, TimeUnit.SECONDS))
                .extracting(Verdict::right)
                .containsExactly(true, atA.complete(), false);
    }

    @Test
    void nodeThatDidNotAnswerStillCountsAsOneThatHasTheImage() throws Exception {
        bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a", "b");
        assertThat(bench.replicator().verify(ImageName.parse(IMAGE), Duration.ZERO))
                .extracting(Verdict::right)
                .containsExactly(false, false, false);
        assertThat(bench.replicator().images())
                .singleElement()
                .extracting(ImageSummary::having)
                .isEqualTo(3);
    }

    @Test
    void nodeWhoseRegistryIsAwayStillCountsAsOneThatHasTheImage() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a", "b");
        CompletableFuture<List<Verdict>> verdicts = CompletableFuture.supplyAsync(() -> {
            try {
                return bench.replicator().verify(ImageName.parse(IMAGE), Duration.ofSeconds(8));
            } catch (ImageException e) {
                throw new AssertionError(e);
            }
        });
        answer("master", new ImageCheck("shop/web", "1.0", digest, true, ""));
        answer("a", new ImageCheck("shop/web", "1.0", digest, true, ""));
        answer("b", new ImageCheck("shop/web", "1.0", "", false, "Nothing listens there.", true));
        assertThat(verdicts.get(9, TimeUnit.SECONDS)).extracting(Verdict::known).containsExactly(true, true, false);
        assertThat(bench.store.state(id, "b")).contains(TransferState.DONE);
    }

    @Test
    void deepVerifySendsAgainWhatHasWrongBytesAndWaitsAsLongAsNodesGoOn() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a", "b");
        List<CheckProgress> told = new CopyOnWriteArrayList<>();
        DeepVerification how = new DeepVerification(7, Duration.ofSeconds(3), told::addAll);
        CompletableFuture<List<Verdict>> verdicts = CompletableFuture.supplyAsync(() -> {
            try {
                return bench.replicator().verifyDeep(ImageName.parse(IMAGE), how);
            } catch (ImageException e) {
                throw new AssertionError(e);
            }
        });
        answer("master", new ImageCheck("shop/web", "1.0", digest, true, "", false, 1_000L));
        answer("a", new ImageCheck("shop/web", "1.0", digest, true, ""));
        Check asked = bench.members.sent("b", Check.class).get(0);
        assertThat(asked.deep()).isTrue();
        assertThat(asked.bytesPerSecond()).isEqualTo(7);
        AtomicLong hashed = new AtomicLong();
        Awaitility.await("longer than the silence")
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    bench.members.say("b", new Checking(asked.request(), hashed.incrementAndGet(), 1_000));
                    return hashed.get() > 40;
                });
        assertThat(verdicts).isNotDone();
        assertThat(told).anyMatch(one -> one.node().value().equals("b") && one.bytes() == 1_000);
        answer("b", new ImageCheck("shop/web", "1.0", digest, false, "A blob has wrong bytes.", false, 1_000L));

        assertThat(verdicts.get(9, TimeUnit.SECONDS)).extracting(Verdict::right).containsExactly(true, false, false);
        assertThat(verdicts.get().get(1).known())
                .as("an older node hashes nothing")
                .isFalse();
        assertThat(verdicts.get().get(1).problem()).contains("older release");
        soon().until(() -> bench.members.sent("b", Assign.class).size() == 2);
        assertThat(bench.members.sent("a", Assign.class)).hasSize(1);
    }

    @Test
    void nodeThatAnswersTooLateStillCountsAsOneThatLostTheImage() throws Exception {
        String digest = bench.images.push(IMAGE, "one", 1_000);
        bench.changed(IMAGE);
        String id = bench.awaitAssign("b", IMAGE, 1).transfer().id();
        bench.done(id, "master", "a", "b");
        DeepVerification how = new DeepVerification(0, Duration.ofMillis(10), ignored -> {});
        bench.replicator().verifyDeep(ImageName.parse(IMAGE), how);
        String other = FakeImages.digest("other");

        answer("a", new ImageCheck("shop/web", "1.0", digest, false, "Its registry is away.", true));
        answer("a", new ImageCheck("shop/web", "1.0", other, false, "A blob of an older image has wrong bytes."));
        answer("a", new ImageCheck("shop/web", "1.0", digest, true, ""));
        assertThat(bench.store.state(id, "a")).contains(TransferState.DONE);
        answer("b", new ImageCheck("shop/web", "1.0", digest, false, "A blob has wrong bytes.", false, 1_000L));

        soon().until(() -> bench.store
                .state(id, "b")
                .filter(TransferState.CANCELLED::equals)
                .isPresent());
        assertThat(bench.store.state(id, "a")).contains(TransferState.DONE);
    }

    @Test
    void silentNodeIsGivenUp() throws Exception {
        bench.images.push(IMAGE, "one", 1_000);
        DeepVerification how = new DeepVerification(0, Duration.ofMillis(10), ignored -> {});
        assertThat(bench.replicator().verifyDeep(ImageName.parse(IMAGE), how))
                .extracting(Verdict::problem)
                .allMatch(problem -> problem.contains("did not answer"));
    }

    private void answer(String node, ImageCheck check) {
        Check asked = soon().until(
                        () -> bench.members.sent(node, Check.class).stream()
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
        bench.members.say(node, new Checked(asked.request(), check));
    }
}
