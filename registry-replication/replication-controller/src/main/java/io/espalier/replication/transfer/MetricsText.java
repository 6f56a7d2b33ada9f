package io.espalier.replication.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferState;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Figures of transfers in Prometheus' text format (exposition format 0.0.4). */
final class MetricsText {
    private static final String PREFIX = "espalier_replication_";

    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    static String of(
            TransferFigures figures,
            Collection<Running> running,
            Duration changeAge,
            int changes,
            int waiting,
            long waitingMillis) {
        MetricsText metrics = new MetricsText();
        metrics.head("parts", "gauge", "Nodes' parts of running transfers, by state.");
        states(running)
                .forEach((state, count) ->
                        metrics.value("parts", "state=\"" + state.name().toLowerCase(Locale.ROOT) + "\"", count));
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
                        "parent=\"" + escaped(edge.parent()) + "\",child=\"" + escaped(edge.child()) + "\"",
                        bytes));
        return metrics.text.toString();
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

    private void single(String name, String type, String help, Number value) {
        head(name, type, help);
        text.append(PREFIX).append(name).append(' ').append(number(value)).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(help)
                .append('\n');
        text.append("# TYPE ")
                .append(PREFIX)
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }

    private void value(String name, String labels, Number value) {
        text.append(PREFIX)
                .append(name)
                .append('{')
                .append(labels)
                .append("} ")
                .append(number(value))
                .append('\n');
    }

    private static String number(Number value) {
        return value instanceof Double ? String.format(Locale.ROOT, "%.3f", value.doubleValue()) : value.toString();
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
