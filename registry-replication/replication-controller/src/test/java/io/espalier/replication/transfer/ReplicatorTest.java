package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.report;
import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.relay.protocol.MasterMessage.Hashes;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplicatorTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

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
    void stateChangesAreStoredAtOnceAndProgressIsNot() {
        String id = bench.begin(IMAGE, "a", 1_000);
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
    void transferThatTheMasterDoesNotKnowIsCancelled() {
        bench.members.report("a", report("0123456789ab", TransferState.RECEIVING, 1, "b"));

        assertThat(bench.members.sent("a", Cancel.class))
                .extracting(Cancel::transfer)
                .containsExactly("0123456789ab");
    }

    @Test
    void pushByHandOfAnUnchangedImageAsksNodesThatLackIt() throws Exception {
        String id = bench.begin(IMAGE, "b", 1_000);
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
