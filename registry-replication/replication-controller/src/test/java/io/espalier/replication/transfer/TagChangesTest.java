package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MasterMessage.Cancel;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which changes of tags become transfers, and of what. */
class TagChangesTest {
    private static final String IMAGE = "shop/web:1.0";

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a", "b");

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
}
