package io.espalier.relay.transfer;

import static io.espalier.relay.transfer.TestCluster.APP;
import static io.espalier.relay.transfer.TestCluster.route;
import static io.espalier.relay.transfer.TestCluster.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Hold;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
@Timeout(120)
class PauseTest {
    private static final long MEGABYTE = 1_000_000;
    private static final SampleImage IMAGE = SampleImages.oci(3, 4 * MEGABYTE);
    private static final SampleImage OTHER = SampleImages.oci(4, 200_000);
    private static final TagPart TAG = new TagPart("1.0", IMAGE.digest(), 1);
    private static final Transfer TRANSFER = transfer("t1", APP, IMAGE, TAG);
    private static final TagPart TAG_OF_OTHER = new TagPart("2.0", OTHER.digest(), 1);
    private static final Transfer SMALL = transfer("t2", "team/other", OTHER, TAG_OF_OTHER);

    @TempDir
    private Path folder;

    private static void assertPaused(TransferReport report) {
        assertThat(report.state()).isEqualTo(TransferState.RETRYING);
        assertThat(report.problem()).contains("paused");
    }

    @Test
    void aPausedNodeTakesNoChunksAlsoAfterARestartAndGoesOnWhereItWas() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            TestNode b = cluster.node("b");
            b.await("t1", "some chunks", report -> report.bytesReceived() > MEGABYTE / 2);

            assertThat(b.engine().pause(Optional.empty())).isTrue();
            assertThat(b.engine().pause(Optional.empty())).isFalse();
            assertPaused(b.report("t1"));
            b.stop();
            long before = cluster.link("a", "b").bytes.get();
            b.open();
            cluster.hashes(IMAGE);
            cluster.link("a", "b").rate = 0;

            assertThat(b.engine().paused()).containsExactly("*");
            assertPaused(b.await("t1", "known again", report -> true));
            cluster.assign("b", SMALL, route("a"));
            assertPaused(b.await("t2", "known", report -> true));
            assertThat(cluster.link("a", "b").bytes.get()).isEqualTo(before);

            cluster.push("a", SMALL, OTHER);
            cluster.hashes(OTHER);
            assertThat(b.engine().resume(Optional.empty())).isTrue();
            TransferReport done = b.awaitDone("t1");
            assertThat(done.bytesTwice()).as("nothing came twice").isZero();
            assertThat(done.problem()).isEmpty();
            b.awaitDone("t2");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(b.engine().resume(Optional.empty())).isFalse();
        }
    }

    @Test
    void whatWaitsForAWindowGoesOnWhenItsTimeIsOverAlsoWithoutTheMaster() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.push("a", SMALL, OTHER);
            cluster.hashes(IMAGE, OTHER);
            TestNode b = cluster.node("b");
            b.engine().accept(new Hold(List.of("t1"), "It waits for its window.", 2L));
            long held = System.nanoTime();
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("b", SMALL, route("a"));
            assertThat(b.await("t1", "known", report -> true).problem()).isEqualTo("It waits for its window.");

            assertThat(b.awaitDone("t1").problem()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - held)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
            b.awaitDone("t2");
            b.engine().accept(new Hold(List.of("t3"), "It waits for its window.", Long.MAX_VALUE));
            cluster.assign("b", transfer("t3", "team/later", OTHER, TAG_OF_OTHER), route("a"));
            assertThat(b.await("t3", "known", report -> true).problem()).isEqualTo("It waits for its window.");
        }
    }

    @Test
    void saysWhoPausedAndSinceWhenAlsoAfterARestartAndReadsLinesOfOlderReleases() throws Exception {
        Path file = folder.resolve("paused");
        Files.writeString(file, "team/old:1.0\n");
        Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Pauses pauses = Pauses.open(file);
        assertThat(pauses.texts()).containsExactly("team/old:1.0");

        assertThat(pauses.add(Pauses.ALL, "lyon")).isTrue();
        assertThat(pauses.add(Pauses.ALL, "oslo")).isFalse();

        Pauses later = Pauses.open(file);
        assertThat(later.all()).containsExactly("*", "team/old:1.0");
        assertThat(later.texts().get(0)).startsWith("all images by lyon since ");
        Instant since = Instant.parse(later.texts().get(0).replaceAll(".* since ", ""));
        assertThat(since).isBetween(begin, Instant.now());
        assertThat(later.remove("team/old:1.0")).isTrue();
        assertThat(later.remove(Pauses.ALL)).isTrue();
        assertThat(Pauses.open(file).all()).isEmpty();
    }

    @Test
    void oneImageCanBePausedWhileOthersGoOn() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            TestNode b = cluster.node("b");
            b.engine().pause(Optional.of(APP + ":1.0"));
            cluster.push("a", TRANSFER, IMAGE);
            cluster.push("a", SMALL, OTHER);
            cluster.hashes(IMAGE, OTHER);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("b", SMALL, route("a"));

            b.awaitDone("t2");
            assertPaused(b.report("t1"));
            assertThat(b.engine().arriving()).singleElement().asString().startsWith(APP + ":1.0 retrying, 0 of ");
            b.engine().resume(Optional.of(APP + ":1.0"));
            b.awaitDone("t1");
        }
    }

    @Test
    void aPausedNodeGoesOnServingItsChildren() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.node("b").awaitDone("t1");
            cluster.node("b").engine().pause(Optional.empty());

            cluster.assign("c", TRANSFER, route("b"));
            cluster.node("c").awaitDone("t1");
            assertThat(cluster.link("b", "c").bytes.get()).isEqualTo(TRANSFER.bytes());
        }
    }

    @Test
    void aChildOfANodeThatIsPausedOnTheWayGetsTheRestElsewhere() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.link("a", "b").rate = MEGABYTE;
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("b", "a"));
            cluster.node("c").await("t1", "some chunks", report -> report.bytesReceived() > MEGABYTE / 2);

            cluster.node("b").engine().pause(Optional.of(APP + ":1.0"));
            cluster.node("c").awaitDone("t1");
            assertPaused(cluster.node("b").report("t1"));
        }
    }

    @Test
    void aChildOfAPausedNodeTurnsToItsNextSourceAtOnce() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b", "c")) {
            cluster.node("b").engine().pause(Optional.empty());
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            cluster.assign("c", TRANSFER, route("b", "a"));

            cluster.node("c").awaitDone("t1");
            assertThat(cluster.link("a", "c").bytes.get()).isEqualTo(TRANSFER.bytes());
            assertPaused(cluster.node("b").report("t1"));
        }
    }

    @Test
    void whatTheNodeForgetsIsProvedAnewAndHealed() throws Exception {
        try (TestCluster cluster = new TestCluster(folder, "a", "b")) {
            cluster.push("a", TRANSFER, IMAGE);
            cluster.hashes(IMAGE);
            cluster.assign("b", TRANSFER, route("a"));
            TestNode b = cluster.node("b");
            b.awaitDone("t1");
            b.reader().request("DELETE", "/v2/" + APP + "/manifests/" + IMAGE.digest(), Map.of());
            assertThat(b.reader().digestOf(APP, "1.0")).isEmpty();

            assertThat(b.engine().forget(Optional.of(APP + ":9"))).isZero();
            assertThat(b.engine().forget(Optional.of(APP + ":1.0"))).isEqualTo(1);
            cluster.assign("b", TRANSFER, route("a"));
            b.awaitDone("t1");
            cluster.assertHas("b", APP, IMAGE, "1.0");
            assertThat(List.of(b.engine().forget(Optional.empty()), b.engine().forget(Optional.empty())))
                    .containsExactly(1, 0);
        }
    }
}
