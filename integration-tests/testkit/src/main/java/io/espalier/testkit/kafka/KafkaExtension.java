package io.espalier.testkit.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A real Kafka broker in the JVM of the tests.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final KafkaExtension KAFKA = KafkaExtension.inProcess();
 * }</pre>
 *
 * <p>All test classes of one run share the broker: it starts with the first (about 2 s) and stops after the last. So
 * every test takes topics of its own, see {@link #newTopic}. For brokers that are killed or stopped take
 * {@link #childProcesses}.
 */
public final class KafkaExtension implements BeforeAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(KafkaExtension.class);

    private @Nullable SharedBroker broker;

    private KafkaExtension() {}

    /** The broker that all test classes share. */
    public static KafkaExtension inProcess() {
        return new KafkaExtension();
    }

    /** A cluster of its own for a test class: one to three brokers that can be killed, frozen and started again. */
    public static ChildBrokers childProcesses(int count) {
        return new ChildBrokers(count);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        broker = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(SharedBroker.class, type -> SharedBroker.start(), SharedBroker.class);
    }

    /** The value for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return requireNonNull(broker, "the extension has not started; is its field static and registered?")
                .bootstrapServers();
    }

    /** Properties that connect a client. */
    public Map<String, Object> clientProperties() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    /** Creates a topic with one replica and returns its name. */
    public String createTopic(String topic, int partitions) {
        return topics().create(topic, partitions);
    }

    /** Creates a topic with one partition under a name that no other test has; it begins with {@code prefix}. */
    public String newTopic(String prefix) {
        return topics().createNew(prefix, 1);
    }

    /** Writes the values in order to the topic's partition 0 and returns when the broker has them. */
    public void produce(String topic, List<byte[]> values) {
        topics().produce(topic, values);
    }

    /**
     * Reads the topic's records from the beginning of all its partitions until there are {@code count} of them.
     *
     * @throws AssertionError when there are fewer after {@code deadline}; the message says how many
     */
    public List<ConsumerRecord<byte[], byte[]>> consume(String topic, int count, Duration deadline) {
        return topics().consume(topic, count, deadline);
    }

    private Topics topics() {
        return new Topics(bootstrapServers());
    }
}
