package io.espalier.replication.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.transfer.TransferFigures.Edge;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransferFiguresTest {
    private static final NodeId NODE = new NodeId("c");

    private final TransferFigures figures = new TransferFigures();

    private static TransferReport report(long there, long received, String parent) {
        return new TransferReport("t1", TransferState.RECEIVING, 1_000, there, received, 0, 0, parent, 0, "", 1);
    }

    @Test
    void bytesBeforeAChangeOfParentsAreTheFormerParents() {
        TransferReport first = report(0, 100, "a");
        TransferReport moved = report(0, 130, "b");
        TransferReport last = report(0, 200, "");
        figures.count(NODE, false, Optional.empty(), first);
        figures.count(NODE, false, Optional.of(first), moved);
        figures.count(NODE, false, Optional.of(moved), last);

        assertThat(figures.bytesByEdge()).containsOnly(entry(new Edge("a", "c"), 130L), entry(new Edge("b", "c"), 70L));
    }

    @Test
    void firstSenderGetsWhatCameBeforeItWasNamed() {
        TransferReport waiting = report(0, 0, "");
        figures.count(NODE, false, Optional.of(waiting), report(0, 40, "a"));
        assertThat(figures.bytesByEdge()).containsOnly(entry(new Edge("a", "c"), 40L));
    }

    private static TransferReport from(long received, Map<String, Long> from) {
        return new TransferReport(
                "t1", TransferState.RECEIVING, 1_000, 0, received, 0, 0, "a", 0, "", 1, 0L, List.of("a", "b"), from);
    }

    @Test
    void bytesOfSeveralStripesAreThoseOfTheirParents() {
        TransferReport first = from(100, Map.of("a", 60L, "b", 40L));
        figures.count(NODE, false, Optional.empty(), first);
        figures.count(NODE, false, Optional.of(first), from(150, Map.of("a", 70L, "b", 80L)));
        assertThat(figures.bytesByEdge()).containsOnly(entry(new Edge("a", "c"), 70L), entry(new Edge("b", "c"), 80L));
    }

    @Test
    void bytesOfWhichANodeNoLongerKnowsTheSenderAreThoseOfTheNamedOne() {
        TransferReport first = from(100, Map.of("a", 60L, "b", 40L));
        figures.count(NODE, false, Optional.empty(), first);
        figures.count(NODE, false, Optional.of(first), from(150, Map.of("a", 10L)));
        assertThat(figures.bytesByEdge()).containsOnly(entry(new Edge("a", "c"), 110L), entry(new Edge("b", "c"), 40L));
    }

    @Test
    void whatTheOriginHasWasNotSparedByAnybody() {
        figures.count(NODE, true, Optional.empty(), report(1_000, 0, ""));
        assertThat(figures.bytesThere()).isZero();
        figures.count(NODE, false, Optional.empty(), report(300, 0, ""));
        assertThat(figures.bytesThere()).isEqualTo(300);
    }
}
