package io.espalier.replication.shell.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.transfer.CannedReplication;
import io.espalier.replication.transfer.NodeProgress;
import io.espalier.replication.transfer.TransferView;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageConsoleTest {
    private final CannedReplication replication = new CannedReplication();
    private final ImageConsole console = new ImageConsole(replication, new ArchiveUpload() {
        @Override
        public String push(Path file, ImageName name) {
            replication.asked().add("archive " + file + " " + name);
            return CannedReplication.DIGEST;
        }

        @Override
        public ImageClosure look(Path file, ImageName name) {
            replication.asked().add("look " + file + " " + name);
            BlobRef blob = new BlobRef(CannedReplication.DIGEST, 3_000_000);
            return new ImageClosure(name, CannedReplication.DIGEST, List.of(blob), List.of(), Map.of(), List.of());
        }
    });

    @Test
    void pushesAnImageWithAPriority() throws Exception {
        assertThat(console.push(List.of("shop/web:1.0", "--priority", "9"))).contains("generation 3", "t1", "2.0 MB");
        assertThat(replication.asked()).containsExactly("push shop/web:1.0 9");
    }

    @Test
    void aPriorityForAnImageThatDidNotChangeIsNotIgnoredSilently() throws Exception {
        assertThat(console.push(List.of("shop/web:same", "--priority=9")))
                .contains("as before", "--priority is for what changed");
        assertThat(console.push(List.of("shop/web:same"))).contains("as before").doesNotContain("priority");
    }

    @Test
    void pushesAFileFirst() throws Exception {
        console.push(List.of("web.tar", "shop/web:1.0"));
        assertThat(replication.asked()).containsExactly("archive web.tar shop/web:1.0", "push shop/web:1.0 0");
    }

    @Test
    void dryRunSaysWhatWouldBeSentAndWarnsOfLeftOutPlatforms() throws Exception {
        assertThat(console.push(List.of("--dry-run", "shop/web:1.0")))
                .contains("rome", "master", "1.5 MB", "2.5 s", "Nothing was sent", "MANIFEST_BLOB_UNKNOWN");
        assertThat(replication.asked()).containsExactly("preview shop/web:1.0");
    }

    @Test
    void dryRunOfAFilePushesNothing() throws Exception {
        assertThat(console.push(List.of("web.tar", "shop/web:1.0", "--dry-run")))
                .contains("rome", "3.0 MB", "Nothing was sent");
        assertThat(replication.asked()).containsExactly("look web.tar shop/web:1.0", "preview of a file shop/web:1.0");
    }

    @Test
    void statusShowsEveryNodeAndWhatIsNotSent() {
        assertThat(console.status(List.of()))
                .contains("shop/web:1.0", "rome", "receiving", "50%", "100.0 kB/s", "left 10.0 s", "retries 2")
                .contains("shop/old:1 is not sent: It is schema 1.");
    }

    @Test
    void nodeThatIsAwayReceivesNothingAndHasNoTimeLeft() {
        TransferReport last = new TransferReport(
                "t1", TransferState.RECEIVING, 2_000_000, 0, 500_000, 0, 100_000, "master", 2, "", 9);
        NodeProgress away = new NodeProgress(new NodeId("rome"), false, last, Instant.EPOCH);
        TransferView view = new TransferView(
                "t1",
                "shop/web",
                "1.0",
                CannedReplication.DIGEST,
                3,
                2_000_000,
                Instant.EPOCH,
                false,
                "",
                List.of(away));
        assertThat(ImageText.status(List.of(view), Map.of(), false))
                .contains("away", "500.0 kB received", "left -")
                .doesNotContain("/s");
        assertThat(away.bytesPerSecond()).isZero();
    }

    @Test
    void verboseStatusShowsWhatCameFromWhomAndHowFast() {
        TransferReport report = new TransferReport(
                "t1",
                TransferState.RECEIVING,
                9_000_000,
                0,
                4_000_000,
                0,
                1_300_000,
                "lyon",
                0,
                "",
                9,
                0L,
                List.of("lyon", "oslo"),
                Map.of("lyon", 1_000_000L, "oslo", 3_000_000L));
        NodeProgress rome = new NodeProgress(
                new NodeId("rome"), true, report, Instant.EPOCH, Map.of("lyon", 300_000L, "oslo", 1_000_000L));
        TransferView view = new TransferView(
                "t1",
                "shop/web",
                "1.0",
                CannedReplication.DIGEST,
                3,
                9_000_000,
                Instant.EPOCH,
                false,
                "",
                List.of(rome));
        assertThat(ImageText.status(List.of(view), Map.of(), true))
                .containsPattern("from oslo +3.0 MB received +1.0 MB/s\n +from lyon +1.0 MB received +300.0 kB/s");
        assertThat(ImageText.status(List.of(view), Map.of(), false)).doesNotContain("300.0 kB/s");
        assertThat(console.status(List.of("--verbose"))).contains("shop/web:1.0");
    }

    @Test
    void watchEndsWhenNothingMoves() throws Exception {
        List<String> screens = new ArrayList<>();
        console.watch(List.of("--watch"), screens::add);

        assertThat(screens).hasSize(3);
        assertThat(screens.get(2)).contains("done", "100%");
    }

    @Test
    void whereAndVerifyNameNodes() throws Exception {
        replication.arrived();
        assertThat(console.where(List.of("shop/web:1.0"))).contains("rome", "done", "since 1970-01-01T00:00:00Z");
        assertThatThrownBy(() -> console.push(List.of("web.tar"))).hasMessageContaining("name the image too");
        assertThatThrownBy(() -> console.verify(List.of("shop/web:1.0"), ignored -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("0 of 1", "WRONG", "Its registry has no such tag.");
    }

    @Test
    void deepVerifyKeepsARateAndSaysThatItSendsAgain() throws Exception {
        assertThatThrownBy(() -> console.verify(List.of("shop/web:1.0", "--deep"), ignored -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("WRONG", "wrong bytes", "sent again");
        assertThatThrownBy(
                () -> console.verify(List.of("--deep", "--bytes-per-second", "0", "shop/web:1.0"), ignored -> {}));
        assertThat(replication.asked()).containsExactly("verify shop/web:1.0 at 50000000", "verify shop/web:1.0 at 0");
        for (List<String> words : List.of(
                List.of("shop/web:1.0", "--bytes-per-second", "1"),
                List.of("shop/web:1.0", "--deep", "--bytes-per-second", "fast"),
                List.of("shop/web:1.0", "--deep", "--bytes-per-second", "999999"),
                List.of("--deep"))) {
            assertThatIllegalArgumentException()
                    .as(words.toString())
                    .isThrownBy(() -> console.verify(words, ignored -> {}));
        }
    }

    @Test
    void wrongWordsAreRefusedWithTheUsage() {
        for (List<String> words : List.of(
                List.<String>of(),
                List.of("a", "b", "c"),
                List.of("--fast", "a"),
                List.of("a", "--priority"),
                List.of("a", "--priority=11"),
                List.of("Upper:1"))) {
            assertThatIllegalArgumentException().as(words.toString()).isThrownBy(() -> console.push(words));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.where(List.of("no/such:1")))
                .withMessageContaining("no/such:1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> console.status(List.of("shop/old:1")))
                .withMessageContaining("schema 1");
    }
}
