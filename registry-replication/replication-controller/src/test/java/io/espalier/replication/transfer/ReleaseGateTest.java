package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Holds;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Judges;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Passes;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReleaseGateTest {
    private static final String IMAGE = "shop/web:1.0";
    private static final ImageName NAME = ImageName.parse(IMAGE);

    @RegisterExtension
    final ReplicatorBench bench = ReplicatorBench.of("a");

    private final Map<String, Opinion> opinions = new ConcurrentHashMap<>();
    private final ReleaseGate gate = (repository, tag, digest) -> opinions.getOrDefault(digest, new Passes());

    @BeforeEach
    void useGate() {
        bench.releases.use(gate);
    }

    private void awaitProblem(String part) {
        soon().until(() -> bench.replicator().problems().getOrDefault(NAME, "").contains(part));
    }

    @Test
    void aHeldImageIsNotSentAndIsAProblemWithTheGatesSentence() {
        String bad = bench.images.push(IMAGE, "bad", 100);
        opinions.put(bad, new Holds("It crashes; see the log."));
        bench.changed(IMAGE);

        awaitProblem("It crashes; see the log. 'image:release " + IMAGE + "' sends it all the same.");
        bench.images.push("shop/db:1", "db", 5);
        bench.changed("shop/db:1");
        bench.awaitAssign("a", "shop/db:1", 1);
        assertThat(bench.members.sent("a", Assign.class))
                .noneMatch(assign -> assign.transfer().repository().equals("shop/web"));
        assertThatThrownBy(() -> bench.replicator().push(NAME, OptionalInt.empty()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("It crashes");
    }

    @Test
    void anImageThatIsJudgedHoldsUpNoOtherAndIsSentWhenItPasses() {
        String slow = bench.images.push(IMAGE, "slow", 100);
        opinions.put(slow, new Judges("It is being tested."));
        bench.changed(IMAGE);
        awaitProblem("It is being tested.");

        for (int i = 0; i < 8; i++) {
            String other = "shop/other-" + i + ":1";
            bench.images.push(other, "other " + i, 5);
            bench.changed(other);
            bench.awaitAssign("a", other, 1);
        }
        opinions.put(slow, new Passes());

        bench.awaitAssign("a", IMAGE, 1);
        soon().until(() -> bench.replicator().problems().isEmpty());
    }

    @Test
    void aTagThatMovesOnFromAHeldImageIsSent() {
        String bad = bench.images.push(IMAGE, "bad", 100);
        opinions.put(bad, new Holds("It crashes."));
        bench.changed(IMAGE);
        awaitProblem("It crashes.");

        bench.noticed(IMAGE, FakeImages.digest("good"));
        bench.images.push(IMAGE, "good", 200);

        bench.awaitAssign("a", IMAGE, 1);
        soon().until(() -> bench.replicator().problems().isEmpty());
    }

    @Test
    void releasePassesTheGateForThisContentOnly() throws Exception {
        String bad = bench.images.push(IMAGE, "bad", 100);
        opinions.put(bad, new Holds("It crashes."));
        bench.changed(IMAGE);
        awaitProblem("It crashes.");

        assertThat(bench.replicator().release(NAME).digest()).isEqualTo(bad);
        bench.awaitAssign("a", IMAGE, 1);
        soon().until(() -> bench.replicator().problems().isEmpty());
        String worse = bench.images.push(IMAGE, "worse", 100);
        opinions.put(worse, new Holds("It crashes again."));
        bench.changed(IMAGE);
        awaitProblem("It crashes again.");
    }

    @Test
    void aGateThatFailsIsAskedAgain() {
        bench.releases.use((repository, tag, digest) -> {
            throw new IllegalStateException("broken");
        });
        bench.images.push(IMAGE, "one", 100);
        bench.changed(IMAGE);
        awaitProblem("The release gate failed");

        bench.releases.use(gate);

        bench.awaitAssign("a", IMAGE, 1);
    }

    @Test
    void signaturesAndDigestsAreNotJudged() {
        Releases releases = new Releases(true);

        assertThat(releases.hold(ImageName.parse("shop/web:sha256-" + "ab".repeat(32) + ".sig"), "sha256:x"))
                .isEmpty();
        assertThat(releases.hold(NAME, "sha256:x").orElseThrow().sentence()).contains("'release-gate' requires");
        assertThat(new Releases(false).hold(NAME, "sha256:x")).isEmpty();
    }
}
