package io.espalier.gateway.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How producers are set up.
 *
 * @param deliveryTimeout after this long without an acknowledgement the outcome of a record counts as unknown
 * @param maxBlock the longest that handing over a record may wait for metadata or memory
 * @param bufferBytes memory of one producer
 * @param maxRequestBytes the largest request a producer sends, hence the largest record
 * @param compression {@code none}, {@code lz4}, {@code zstd}, {@code snappy} or {@code gzip}
 * @param lingerMillis how long a producer waits for more records before it sends a batch
 */
public record KafkaWriterSettings(
        Duration deliveryTimeout,
        Duration maxBlock,
        long bufferBytes,
        int maxRequestBytes,
        String compression,
        int lingerMillis) {
    public KafkaWriterSettings {
        requireNonNull(deliveryTimeout, "deliveryTimeout is null");
        requireNonNull(maxBlock, "maxBlock is null");
        requireNonNull(compression, "compression is null");
    }
}
