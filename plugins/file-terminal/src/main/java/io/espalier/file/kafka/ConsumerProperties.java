package io.espalier.file.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** The settings of a stream's consumer: small buffers and long waits, since there is one consumer a stream. */
final class ConsumerProperties {
    private static final int RECORDS_PER_POLL = 1000;
    private static final int LONGEST_FETCH_WAIT_MILLIS = 5000;
    private static final int METADATA_AGE_MILLIS = 20_000;
    private static final int SOCKET_BYTES = 64 * 1024;

    private ConsumerProperties() {}

    static Map<String, Object> of(Map<String, Object> connection, String stream, int fetchBytes) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "file-terminal." + stream);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, "file-terminal." + stream);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
        properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, SOCKET_BYTES);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
        // The broker answers at once when there is a record: this only makes an idle stream's fetches rare.
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, LONGEST_FETCH_WAIT_MILLIS);
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_AGE_MILLIS);
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000L);
        properties.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        properties.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return properties;
    }

    /** The settings of the client that asks for the ends of topics. */
    static Map<String, Object> admin(Map<String, Object> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "file-terminal");
        properties.put(AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return properties;
    }
}
