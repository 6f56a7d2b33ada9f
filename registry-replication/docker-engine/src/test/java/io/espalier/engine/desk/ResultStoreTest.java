package io.espalier.engine.desk;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.testkit.files.SmallDisk;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ResultStoreTest {
    private static final TestResult HELD = new TestResult(
            "0a1b2c3d",
            Purpose.GATE,
            "shop/web",
            "1.0",
            "sha256:" + "ab".repeat(32),
            "rules",
            Outcome.FAILED,
            "It ended with code 1.",
            OptionalInt.of(1),
            10,
            Instant.parse("2026-03-01T12:00:00Z"));

    @Test
    void verdictsAreKnownAfterAStartOnAFullDisk() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            ResultStore.open(disk.folder(), 10).add(HELD, "");
            disk.fill();

            ResultStore again = ResultStore.open(disk.folder(), 10);

            assertThat(again.verdict(HELD.digest(), "rules")).contains(HELD);
        }
    }
}
