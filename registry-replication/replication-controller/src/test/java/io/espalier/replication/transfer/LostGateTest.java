package io.espalier.replication.transfer;

import static io.espalier.replication.transfer.ReplicatorBench.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Passes;
import io.espalier.replication.image.ImageName;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release gate that goes away, as by a mistake in the engine's configuration. */
class LostGateTest {
    private static final String IMAGE = "shop/web:1.0";
    private static final ImageName NAME = ImageName.parse(IMAGE);

    @TempDir
    private Path folder;

    private final ReleaseGate gate = (repository, tag, digest) -> new Passes();

    private Releases releases(GateRule rule) {
        return new Releases(rule, folder.resolve("gate-seen"));
    }

    @Test
    void imagesWaitUntilItIsBack() {
        try (ReplicatorBench bench = ReplicatorBench.of("a")) {
            bench.releases.use(gate);
            bench.releases.forget(gate);
            bench.images.push(IMAGE, "unjudged", 100);
            bench.changed(IMAGE);

            soon().until(() ->
                    bench.replicator().problems().getOrDefault(NAME, "").contains("It waits for the release gate"));
            assertThat(bench.members.sent("a", Assign.class)).isEmpty();
            bench.releases.use(gate);

            bench.awaitAssign("a", IMAGE, 1);
        }
    }

    @Test
    void imagesAlsoWaitForItAfterAStart() {
        assertThat(releases(GateRule.IF_PRESENT).hold(NAME, "sha256:x"))
                .as("where there never was a gate")
                .isEmpty();
        assertThat(releases(GateRule.IF_PRESENT).problem()).isEmpty();
        releases(GateRule.IF_PRESENT).use(gate);

        Releases again = releases(GateRule.IF_PRESENT);

        assertThat(again.hold(NAME, "sha256:x").orElseThrow().sentence())
                .contains("which there was and is not now")
                .contains("set 'release-gate' to 'off'");
        assertThat(again.problem())
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("Images are not replicated"));
        again.use(gate);
        assertThat(again.hold(NAME, "sha256:x")).isEmpty();
        assertThat(again.problem()).isEmpty();
    }

    @Test
    void whoWantsNoGateAnyMoreSaysSo() {
        releases(GateRule.IF_PRESENT).use(gate);

        Releases off = releases(GateRule.OFF);
        off.use((repository, tag, digest) -> new ReleaseGate.Opinion.Holds("It crashes."));
        assertThat(off.hold(NAME, "sha256:x")).isEmpty();
        assertThat(off.problem()).isEmpty();

        assertThat(releases(GateRule.IF_PRESENT).hold(NAME, "sha256:x"))
                .as("it is forgotten")
                .isEmpty();
    }
}
