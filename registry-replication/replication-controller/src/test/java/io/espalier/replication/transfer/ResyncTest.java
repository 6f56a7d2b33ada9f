package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.image.ImageName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResyncTest {
    private static final ImageName APP = ImageName.parse("team/app:v1");

    private static int assigns(ReplicatorBench bench, String node) {
        return bench.members.sent(node, Assign.class).size();
    }

    private static TransferState state(ReplicatorBench bench, String node) {
        return bench.replicator().newest(APP).orElseThrow().nodes().stream()
                .filter(one -> one.node().value().equals(node))
                .findFirst()
                .orElseThrow()
                .report()
                .state();
    }

    @Test
    void aNodeIsSentAgainWhatItSaidItHad() {
        try (ReplicatorBench bench = ReplicatorBench.of("a", "b")) {
            bench.images.push("team/app:v1", "one", 1_000);
            bench.changed("team/app:v1");
            Assign first = bench.awaitAssign("b", "team/app:v1", 1);
            bench.awaitAssign("a", "team/app:v1", 1);
            bench.done(first.transfer().id(), "master", "a", "b");
            soon().until(() -> state(bench, "b") == TransferState.DONE);
            int before = assigns(bench, "b");
            int others = assigns(bench, "a");

            assertThat(bench.replicator().resync(FakeMembers.id("b"), Optional.of(APP)))
                    .isEqualTo(1);
            soon().alias("b is told again").until(() -> assigns(bench, "b") > before);
            assertThat(state(bench, "b")).isEqualTo(TransferState.WAITING);
            assertThat(state(bench, "a")).isEqualTo(TransferState.DONE);
            assertThat(assigns(bench, "a")).isEqualTo(others);

            bench.done(first.transfer().id(), "b");
            soon().until(() -> state(bench, "b") == TransferState.DONE);
        }
    }

    @Test
    void aNodeThatComesWithAnotherRegistryIsSentWhatTheFormerOneHad() {
        try (ReplicatorBench bench = ReplicatorBench.of("a", "b")) {
            bench.images.push("team/app:v1", "one", 1_000);
            bench.changed("team/app:v1");
            Assign first = bench.awaitAssign("b", "team/app:v1", 1);
            bench.done(first.transfer().id(), "master", "a", "b");
            soon().until(() -> state(bench, "b") == TransferState.DONE);
            int before = assigns(bench, "b");
            bench.members.disconnect("b");
            bench.members.connect("b");
            assertThat(state(bench, "b")).as("with the same registry").isEqualTo(TransferState.DONE);
            bench.members.disconnect("b");
            bench.members.registry("b", "http://other.test");

            bench.members.connect("b");

            soon().alias("b is told again").until(() -> assigns(bench, "b") > before);
            assertThat(state(bench, "a")).isEqualTo(TransferState.DONE);
            bench.done(first.transfer().id(), "b");
            soon().until(() -> state(bench, "b") == TransferState.DONE);
        }
    }

    @Test
    void allImagesOfANodeAreSentAgain() {
        try (ReplicatorBench bench = ReplicatorBench.of("a")) {
            for (String image : List.of("team/app:v1", "team/other:v2")) {
                bench.images.push(image, image, 1_000);
                bench.changed(image);
                bench.done(bench.awaitAssign("a", image, 1).transfer().id(), "master", "a");
            }
            soon().until(() -> bench.replicator().images().stream().allMatch(one -> one.having() == 2));
            int before = assigns(bench, "a");
            assertThat(bench.replicator().resync(FakeMembers.id("a"), Optional.empty()))
                    .isEqualTo(2);
            soon().alias("both are told again").until(() -> assigns(bench, "a") == before + 2);
        }
    }

    @Test
    void whatWasNeverSentIsNotSent() {
        try (ReplicatorBench bench = ReplicatorBench.of("a")) {
            assertThat(bench.replicator().resync(FakeMembers.id("a"), Optional.of(APP)))
                    .isZero();
        }
    }
}
