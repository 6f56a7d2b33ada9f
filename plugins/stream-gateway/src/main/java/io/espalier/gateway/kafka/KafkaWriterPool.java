package io.espalier.gateway.kafka;

import static java.util.Objects.requireNonNull;

import io.espalier.gateway.lane.StreamWriter;
import io.espalier.gateway.lane.WriteException;
import io.espalier.gateway.lane.WriterPool;
import io.espalier.stream.catalog.StreamDefinition;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Gives each lane a producer of its own, so that what one stream's partitions do to a producer - its memory, its metadata, its
 * requests in flight - does not touch another stream. Safe for use by many threads.
 */
public final class KafkaWriterPool implements WriterPool {
    private static final int BATCH_BYTES = 65_536;

    private final Map<String, Object> client;
    private final KafkaWriterSettings settings;

    /** @param client what connects to the cluster, as {@code bootstrap.servers} */
    public KafkaWriterPool(Map<String, Object> client, KafkaWriterSettings settings) {
        this.client = Map.copyOf(client);
        this.settings = requireNonNull(settings, "settings is null");
    }

    @Override
    public StreamWriter open(StreamDefinition stream) throws WriteException {
        return new KafkaStreamWriter(stream, settings.deliveryTimeout(), () -> producer(stream));
    }

    private Producer<byte[], byte[]> producer(StreamDefinition stream) throws WriteException {
        Thread thread = Thread.currentThread();
        @Nullable ClassLoader before = thread.getContextClassLoader();
        // Kafka loads classes by name through the context loader, and its network thread inherits it.
        thread.setContextClassLoader(KafkaProducer.class.getClassLoader());
        try {
            return new KafkaProducer<>(properties(stream), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw WriteException.retriable(
                    "No producer could be made for the stream's topic: " + reason.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Map<String, Object> properties(StreamDefinition stream) {
        Map<String, Object> properties = new HashMap<>();
        int deliveryMillis = Math.toIntExact(settings.deliveryTimeout().toMillis());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "espalier-gateway-" + stream.id());
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, settings.lingerMillis());
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, settings.bufferBytes());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxRequestBytes());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.maxBlock().toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryMillis);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(500, deliveryMillis / 3));
        properties.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
        // No MBeans for each of many short-lived producers, and no telemetry to the broker.
        properties.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        properties.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.putAll(client);
        // What "stored" means is not for configuration to change.
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return properties;
    }
}
