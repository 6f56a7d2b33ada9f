package io.espalier.replication.transfer;

import static io.espalier.replication.metrics.PrometheusText.label;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferState;
import io.espalier.replication.metrics.PrometheusText;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Figures of transfers in Prometheus' text format (exposition format 0.0.4). */
final class MetricsText {
    private MetricsText() {}

    static String of(
            TransferFigures figures,
            Collection<Running> running,
            Duration changeAge,
            int changes,
            int waiting,
            long waitingMillis) {
        PrometheusText metrics = new PrometheusText();
        metrics.head("parts", "gauge", "Nodes' parts of running transfers, by state.");
        states(running)
                .forEach((state, count) ->
                        metrics.value("parts", label("state", state.name().toLowerCase(Locale.ROOT)), count));
        metrics.single(
                "transfers_running", "gauge", "Transfers that some connected node has not finished.", running.size());
        metrics.single("transfers_waiting", "gauge", "Transfers that wait because enough run.", waiting);
        metrics.single(
                "transfer_queue_age_seconds", "gauge", "Age of the oldest transfer that waits.", waitingMillis / 1e3);
        metrics.single("changes_waiting", "gauge", "Images whose change is not worked off.", changes);
        metrics.single("change_queue_age_seconds", "gauge", "Age of the oldest change.", changeAge.toMillis() / 1e3);
        metrics.single(
                "deduplicated_bytes_total",
                "counter",
                "Bytes that nodes had already or mounted, so that they were not sent.",
                figures.bytesThere());
        metrics.single(
                "repeated_bytes_total", "counter", "Bytes that nodes got though they had them.", figures.bytesTwice());
        metrics.single(
                "retries_total", "counter", "Failures at nodes that were followed by another try.", figures.retries());
        metrics.head("edge_bytes_total", "counter", "Verified bytes that a node got from another.");
        figures.bytesByEdge()
                .forEach((edge, bytes) -> metrics.value(
                        "edge_bytes_total",
                        label("parent", edge.parent()) + "," + label("child", edge.child()),
                        bytes));
        return metrics.toString();
    }

    private static Map<TransferState, Integer> states(Collection<Running> running) {
        Map<TransferState, Integer> counts = new EnumMap<>(TransferState.class);
        for (TransferState state : TransferState.values()) {
            counts.put(state, 0);
        }
        for (Running one : running) {
            for (NodeId node : one.targets()) {
                counts.merge(one.state(node), 1, Integer::sum);
            }
        }
        return counts;
    }
}
