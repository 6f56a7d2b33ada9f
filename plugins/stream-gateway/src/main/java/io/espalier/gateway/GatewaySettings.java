package io.espalier.gateway;

import io.espalier.gateway.kafka.KafkaWriterSettings;
import io.espalier.gateway.lane.LaneSettings;
import io.espalier.gateway.memory.MemoryShares;
import io.espalier.http.DoorSettings;
import io.espalier.stream.queue.QueueLimits;
import io.espalier.stream.report.ReportLimits;
import java.time.Duration;
import java.util.List;

/** The gateway's configuration; names and meanings are those of {@code etc/stream.gateway.json}. */
public record GatewaySettings(
        String id,
        String host,
        int port,
        int eventLoops,
        int maxReportBytes,
        int queueRequests,
        long queueBytes,
        long totalBytes,
        int retryAfterSeconds,
        long inFlightBytes,
        int deliveryTimeoutSeconds,
        int requestTimeoutSeconds,
        int idleProducerCloseSeconds,
        String compression) {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration MAX_BLOCK = Duration.ofSeconds(2);
    private static final int RECORD_MARGIN_BYTES = 65_536;
    private static final int SMALLEST_REQUEST_BYTES = 1 << 20;
    private static final int LINGER_MILLIS = 5;
    private static final List<String> COMPRESSIONS = List.of("none", "lz4", "zstd", "snappy", "gzip");

    public GatewaySettings {
        if (!COMPRESSIONS.contains(compression)) {
            throw new IllegalArgumentException(
                    "compression is '" + compression + "'; use one of " + String.join(", ", COMPRESSIONS) + ".");
        }
        if (totalBytes < queueBytes) {
            throw new IllegalArgumentException("total-bytes is " + totalBytes + " but a single stream's queue-bytes is "
                    + queueBytes + "; make total-bytes at least as large.");
        }
    }

    /** The defaults of {@code etc/stream.gateway.json} at that address. */
    public static GatewaySettings at(String host, int port) {
        return new GatewaySettings("1", host, port, 2, 4 << 20, 256, 8 << 20, 64 << 20, 1, 4 << 20, 30, 45, 60, "lz4");
    }

    DoorSettings door() {
        return DoorSettings.of("stream-gateway", host, port)
                .withThreads(eventLoops, 1)
                .withMaxBodyBytes(maxReportBytes, "REPORT_TOO_LARGE")
                .withBodiesLeftToHandlers()
                .withCloseLimit(CLOSE_LIMIT);
    }

    ReportLimits report() {
        return new ReportLimits(maxReportBytes, ReportLimits.DEFAULT.maxRecords());
    }

    MemoryShares memory() {
        return new MemoryShares(totalBytes, queueBytes);
    }

    LaneSettings lane() {
        return new LaneSettings(
                new QueueLimits(queueRequests, queueBytes, Duration.ofSeconds(retryAfterSeconds)),
                inFlightBytes,
                requestTimeout(),
                Duration.ofSeconds(idleProducerCloseSeconds),
                CLOSE_LIMIT);
    }

    /** A producer's memory holds what may be in flight, and batches that are being filled. */
    KafkaWriterSettings writer() {
        return new KafkaWriterSettings(
                Duration.ofSeconds(deliveryTimeoutSeconds),
                MAX_BLOCK,
                2 * Math.max(inFlightBytes, maxReportBytes),
                Math.max(SMALLEST_REQUEST_BYTES, maxReportBytes + RECORD_MARGIN_BYTES),
                compression,
                LINGER_MILLIS);
    }

    Duration requestTimeout() {
        return Duration.ofSeconds(requestTimeoutSeconds);
    }
}
