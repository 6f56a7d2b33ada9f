package io.espalier.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PendingTest {
    private final MessageCodec codec = new MessageCodec();
    private final Pending pending = new Pending(codec);

    private static TransferReport report(String transfer, long bytes) {
        return new TransferReport(transfer, TransferState.RECEIVING, 9, 0, bytes, 0, 0, "", 0, "", 1);
    }

    private static NodeMessage.Report one(String transfer, long bytes) {
        return new NodeMessage.Report(List.of(report(transfer, bytes)));
    }

    private static NodeMessage.Observed observed(long bytes) {
        return new NodeMessage.Observed(new NodeId("a"), bytes, 1);
    }

    private List<NodeMessage> all() {
        List<NodeMessage> taken = new ArrayList<>();
        for (Optional<byte[]> next = pending.take(); next.isPresent(); next = pending.take()) {
            taken.add(codec.nodeMessage(new String(next.get(), StandardCharsets.UTF_8)));
        }
        return taken;
    }

    @Test
    void newerReportTakesThePlaceOfTheOlder() {
        pending.add(one("t", 1));
        pending.add(one("u", 2));
        pending.add(one("t", 3));
        assertThat(all()).containsExactly(new NodeMessage.Report(List.of(report("t", 3), report("u", 2))));
    }

    @Test
    void otherMessagesKeepTheirOrderAndGoFirst() {
        pending.add(one("t", 1));
        pending.add(observed(1));
        pending.add(observed(2));
        assertThat(all()).containsExactly(observed(1), observed(2), one("t", 1));
    }

    @Test
    void manyReportsGoOutInSeveralMessages() {
        for (int i = 0; i < 450; i++) {
            pending.add(one("t" + i, i));
        }
        assertThat(all())
                .extracting(message -> message instanceof NodeMessage.Report report
                        ? report.transfers().size()
                        : -1)
                .containsExactly(200, 200, 50);
    }

    @Test
    void isBounded() {
        for (int i = 0; i < Pending.MAX_OTHERS; i++) {
            assertThat(pending.add(observed(i))).isTrue();
        }
        assertThat(pending.add(observed(-1))).isFalse();
        for (int i = 0; i < Pending.MAX_REPORTS; i++) {
            assertThat(pending.add(one("t" + i, i))).isTrue();
        }
        assertThat(pending.add(one("more", 1))).isFalse();
        assertThat(pending.reports())
                .hasSize(Pending.MAX_REPORTS)
                .containsKey("more")
                .doesNotContainKey("t0");
    }

    @Test
    void whatHelloHasSaidIsNotSaidAgain() {
        pending.add(one("said", 1));
        pending.add(one("forgotten", 1));
        pending.add(one("newer", 1));
        Map<String, TransferReport> before = pending.reports();
        pending.add(one("newer", 2));
        pending.said(before, List.of(report("said", 5), report("newer", 1)));
        assertThat(all()).containsExactly(new NodeMessage.Report(List.of(report("forgotten", 1), report("newer", 2))));
    }
}
