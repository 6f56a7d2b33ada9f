package io.espalier.relay.node;

import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.spool.DiskSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A node's status for people. */
public final class StatusText {
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};

    private StatusText() {}

    /** Several lines, without a line end after the last. */
    public static String of(RelayStatus status, Instant now) {
        StringBuilder text = new StringBuilder(512);
        text.append("Node ")
                .append(status.node())
                .append(" at ")
                .append(status.door())
                .append(".\n");
        text.append(master(status, now)).append('\n');
        text.append("Registry ").append(status.registry());
        text.append(status.registryProblem().isEmpty() ? " answers." : ": " + status.registryProblem());
        if (status.diskLow()) {
            text.append('\n').append(disk(status.disk()));
        }
        if (!status.paused().isEmpty()) {
            text.append("\nPaused: ").append(String.join(", ", status.paused()));
            text.append(". It takes no chunks of them; relay:resume ends that.");
        }
        text.append('\n').append(transfers(status)).append(feeds(status));
        return text.toString().stripTrailing();
    }

    /** Whether the node is connected to its master, in a sentence. */
    public static String master(RelayStatus status, Instant now) {
        String since = duration(Duration.between(status.since(), now));
        return status.connected()
                ? "Connected to " + status.master() + " for " + since + "; the cluster has " + status.members()
                        + " members." + certificate(status)
                : "Not connected to " + status.master() + " for " + since + ": " + status.masterProblem();
    }

    /** As long as the old certificate is good nothing else shows that there is no new one. */
    private static String certificate(RelayStatus status) {
        return status.certificateProblem().isEmpty()
                ? ""
                : " Its certificate ends in "
                        + duration(status.certificateLeft().orElse(Duration.ZERO)) + ": "
                        + status.certificateProblem();
    }

    /** That the disk under the spool is nearly full, in a sentence. */
    public static String disk(DiskSpace disk) {
        return "The disk under the spool has " + bytes(disk.freeBytes()) + " free of " + bytes(disk.totalBytes())
                + "; free space there, or set spool-bytes lower.";
    }

    private static String transfers(RelayStatus status) {
        if (status.transfers().isEmpty()) {
            return "No transfers.\n";
        }
        StringBuilder text = new StringBuilder();
        text.append(line("TRANSFER", "STATE", "THERE", "RECEIVED", "OF", "RATE", "FROM", "PROBLEM"));
        for (TransferReport report : status.transfers()) {
            text.append(line(
                    report.transfer(),
                    report.state().toString(),
                    bytes(report.bytesThere()),
                    bytes(report.bytesReceived()),
                    bytes(report.bytes()),
                    bytes(report.bytesPerSecond()) + "/s",
                    report.parent().isEmpty() ? "-" : report.from(),
                    report.problem()));
        }
        return text.toString();
    }

    private static String line(Object... cells) {
        return String.format(Locale.ROOT, "%-24s %-11s %10s %10s %10s %12s %-16s %s", cells)
                        .stripTrailing()
                + "\n";
    }

    private static String feeds(RelayStatus status) {
        if (status.edges().isEmpty()) {
            return "No feeds yet.\n";
        }
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "%-24s %9s %10s %9s %10s%n", "PEER", "FEEDS IN", "BYTES IN", "FEEDS OUT", "BYTES OUT"));
        for (EdgeCounters.Count edge : status.edges()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-24s %9d %10s %9d %10s%n",
                    edge.peer(),
                    edge.feedsIn(),
                    bytes(edge.bytesIn()),
                    edge.feedsOut(),
                    bytes(edge.bytesOut())));
        }
        return text.toString();
    }

    static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    static String duration(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
}
