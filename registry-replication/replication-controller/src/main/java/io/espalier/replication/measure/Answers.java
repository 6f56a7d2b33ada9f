package io.espalier.replication.measure;

import io.espalier.relay.protocol.MeasureMode;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.PeerSample;
import io.espalier.replication.store.MeasurementStore.MeasurementRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Reads what nodes answer; what was not asked for or cannot be is left out. */
final class Answers {
    private static final double MOST_MILLIS = 3_600_000;

    private Answers() {}

    /**
     * The rows of an answer.
     *
     * @param problem hears a sentence for each peer that could not be measured
     */
    static List<MeasurementRow> rows(
            MeasureOrder order, NodeMessage.Measured answer, Instant now, Consumer<String> problem) {
        Set<NodeId> asked = new HashSet<>(order.peers());
        List<MeasurementRow> rows = new ArrayList<>();
        for (PeerSample sample : answer.samples()) {
            if (!asked.remove(sample.peer())) {
                problem.accept(order.node() + " measured " + sample.peer() + " without being asked to.");
            } else if (!sample.problem().isEmpty()) {
                problem.accept(order.node() + " could not measure " + sample.peer() + ": " + sample.problem());
            } else if (!isPossible(sample, answer.mode())) {
                problem.accept(order.node() + " measured " + sample.millis() + " ms and " + sample.bytesPerSecond()
                        + " bytes/s towards " + sample.peer() + ", which cannot be.");
            } else {
                rows.add(new MeasurementRow(
                        order.node(),
                        sample.peer(),
                        answer.mode(),
                        sample.millis(),
                        sample.jitterMillis(),
                        sample.bytesPerSecond(),
                        now));
            }
        }
        asked.forEach(peer -> problem.accept(order.node() + " said nothing about " + peer + "."));
        return rows;
    }

    private static boolean isPossible(PeerSample sample, MeasureMode mode) {
        boolean times = sample.millis() >= 0
                && sample.millis() <= MOST_MILLIS
                && sample.jitterMillis() >= 0
                && sample.jitterMillis() <= MOST_MILLIS;
        return times && (mode != MeasureMode.COPY || sample.bytesPerSecond() > 0);
    }
}
