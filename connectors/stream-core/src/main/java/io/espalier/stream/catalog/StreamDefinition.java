package io.espalier.stream.catalog;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.util.List;

/**
 * One version of a stream's definition.
 *
 * @param id the stream
 * @param version 1 at creation, one more with each update; an update names the version it changes
 * @param topic the Kafka topic, fixed at creation
 * @param partitions 1 to 1,000, may grow, never shrinks
 * @param priority 1 (lowest) to 9
 * @param delivery how soon records must arrive
 * @param format how payloads are to be read by terminals: {@code text} or {@code json}
 * @param terminals names of the terminals that take the stream, as {@code file}
 * @param maxRecordBytes the largest payload the gateway takes
 * @param description free text of at most 1,000 characters
 */
public record StreamDefinition(
        StreamId id,
        long version,
        String topic,
        int partitions,
        int priority,
        DeliveryClass delivery,
        String format,
        List<String> terminals,
        int maxRecordBytes,
        String description) {
    public StreamDefinition {
        requireNonNull(id, "id is null");
        requireNonNull(topic, "topic is null");
        requireNonNull(delivery, "delivery is null");
        requireNonNull(format, "format is null");
        requireNonNull(description, "description is null");
        terminals = List.copyOf(terminals);
    }
}
