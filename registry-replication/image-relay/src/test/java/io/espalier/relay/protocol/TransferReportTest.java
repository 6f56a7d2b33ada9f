package io.espalier.relay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransferReportTest {
    @Test
    void anotherProblemLeavesTheSendersOfAllStripes() {
        TransferReport report = new TransferReport(
                "t1",
                TransferState.RECEIVING,
                1_000,
                0,
                100,
                0,
                0,
                "a",
                0,
                "",
                1,
                0L,
                List.of("a", "b"),
                Map.of("a", 60L, "b", 40L));

        TransferReport other = report.saying("It waits.");

        assertThat(other.problem()).isEqualTo("It waits.");
        assertThat(other.parents()).containsExactly("a", "b");
        assertThat(other.bytesFrom()).isEqualTo(report.bytesFrom());
    }
}
