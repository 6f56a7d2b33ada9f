package io.espalier.relay.node;

import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.util.List;
import java.util.function.ToLongFunction;

/** A node's figures in Prometheus text format 0.0.4. */
final class RelayMetrics {
    private final StringBuilder text = new StringBuilder(2048);

    private RelayMetrics() {}

    static String of(RelayStatus status, TransferTotals.Sums sums, long spoolBytes) {
        RelayMetrics metrics = new RelayMetrics();
        metrics.edges(status.edges());
        metrics.states(status.transfers());
        metrics.one(
                "espalier_relay_received_bytes_total",
                "counter",
                "Verified bytes that came over links.",
                sums.received());
        metrics.one(
                "espalier_relay_dedupe_bytes_total",
                "counter",
                "Bytes that were not sent since the registry had them.",
                sums.there());
        metrics.one(
                "espalier_relay_twice_bytes_total",
                "counter",
                "Bytes of chunks that came again although they were there.",
                sums.twice());
        metrics.one(
                "espalier_relay_retries_total",
                "counter",
                "Failures that were followed by another try.",
                sums.retries());
        metrics.one("espalier_relay_spool_bytes", "gauge", "Bytes of blobs that the spool has on disk.", spoolBytes);
        metrics.one(
                "espalier_relay_spool_disk_free_bytes",
                "gauge",
                "Bytes that are free on the disk under the spool; -1 when it does not tell.",
                status.disk().freeBytes());
        metrics.one(
                "espalier_relay_master_connected",
                "gauge",
                "Whether the node is connected to its master.",
                status.connected() ? 1 : 0);
        metrics.one(
                "espalier_relay_registry_up",
                "gauge",
                "Whether the node's registry answers.",
                status.registryProblem().isEmpty() ? 1 : 0);
        status.certificateLeft()
                .ifPresent(left -> metrics.one(
                        "espalier_relay_certificate_seconds_left",
                        "gauge",
                        "Seconds until the node's certificate ends; it is renewed when a third of its life is left.",
                        left.toSeconds()));
        return metrics.text.toString();
    }

    private void edges(List<EdgeCounters.Count> edges) {
        edge(
                "espalier_relay_edge_sent_bytes_total",
                "counter",
                "Bytes of chunks sent to a peer.",
                edges,
                EdgeCounters.Count::bytesOut);
        edge(
                "espalier_relay_edge_received_bytes_total",
                "counter",
                "Bytes of chunks that came from a peer.",
                edges,
                EdgeCounters.Count::bytesIn);
        edge(
                "espalier_relay_edge_sent_chunks_total",
                "counter",
                "Chunks sent to a peer.",
                edges,
                EdgeCounters.Count::chunksOut);
        edge(
                "espalier_relay_edge_refusals_total",
                "counter",
                "Wants of a peer that were refused.",
                edges,
                EdgeCounters.Count::refusals);
        edge(
                "espalier_relay_edge_feeds_out",
                "gauge",
                "Feeds that are open to a peer.",
                edges,
                EdgeCounters.Count::feedsOut);
        edge(
                "espalier_relay_edge_feeds_in",
                "gauge",
                "Feeds that are open from a peer.",
                edges,
                EdgeCounters.Count::feedsIn);
    }

    private void edge(
            String name,
            String type,
            String help,
            List<EdgeCounters.Count> edges,
            ToLongFunction<EdgeCounters.Count> value) {
        if (edges.isEmpty()) {
            return;
        }
        head(name, type, help);
        for (EdgeCounters.Count edge : edges) {
            text.append(name).append("{peer=\"").append(edge.peer()).append("\"} ");
            text.append(value.applyAsLong(edge)).append('\n');
        }
    }

    private void states(List<TransferReport> transfers) {
        String name = "espalier_relay_transfers";
        head(name, "gauge", "Transfers that are not forgotten yet, by state.");
        for (TransferState state : TransferState.values()) {
            long count =
                    transfers.stream().filter(report -> report.state() == state).count();
            text.append(name)
                    .append("{state=\"")
                    .append(state)
                    .append("\"} ")
                    .append(count)
                    .append('\n');
        }
    }

    private void one(String name, String type, String help, long value) {
        head(name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
