package io.espalier.file.kafka;

import io.espalier.file.input.InputException;
import io.espalier.file.input.RecordSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Opens sources on one Kafka cluster. The threads that use them must have Kafka's class loader as their context class loader,
 * because the client looks up classes by name through it. Close it after its sources.
 */
public final class KafkaInput implements RecordSource.Factory, AutoCloseable {
    private final Map<String, Object> connection;
    private final int fetchBytes;
    private final EndOffsets ends;

    /**
     * Nothing is connected yet.
     *
     * @param connection what a client needs to connect
     * @param fetchBytes the most that one fetch brings, so that a stream holds at most about twice that
     */
    public KafkaInput(Map<String, Object> connection, int fetchBytes) {
        this.connection = Map.copyOf(connection);
        this.fetchBytes = fetchBytes;
        ends = new EndOffsets(ConsumerProperties.admin(connection));
    }

    @Override
    public RecordSource open(String stream, String topic) throws InputException {
        try {
            var consumer = new KafkaConsumer<>(
                    ConsumerProperties.of(connection, stream, fetchBytes),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            return new KafkaRecordSource(consumer, ends, topic);
        } catch (KafkaException e) {
            throw KafkaRecordSource.failed("connect to Kafka for topic " + topic, e);
        }
    }

    /** Ends the connection that all sources share. */
    @Override
    public void close() {
        ends.close();
    }
}
