package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobProgressTest {
    private static final String BLOB = "sha256:" + "0".repeat(64);

    private final JobProgress progress = new JobProgress(
            new Transfer(
                    "t1",
                    "team/app",
                    List.of(new BlobPart(BLOB, 1_000, List.of())),
                    List.of(),
                    List.of(),
                    Transfer.MIN_CHUNK_BYTES,
                    5,
                    0),
            () -> {});

    private void failed(String problem) {
        progress.state(TransferState.RECEIVING);
        progress.problem(problem);
        progress.state(TransferState.RETRYING);
        progress.state(TransferState.RECEIVING);
    }

    @Test
    void problemOfTheLastTryGoesWhenBytesFlowAgain() {
        failed("No source gave it.");
        assertThat(progress.report().problem()).as("nothing came yet").isEqualTo("No source gave it.");

        progress.received(BLOB, 10, "a");

        assertThat(progress.report().problem()).isEmpty();
    }

    @Test
    void problemThatThisTryHasTooStaysThoughBytesFlow() {
        failed("The registry is away.");
        progress.problem("The registry is away.");

        progress.received(BLOB, 10, "a");

        assertThat(progress.report().problem()).isEqualTo("The registry is away.");
    }
}
