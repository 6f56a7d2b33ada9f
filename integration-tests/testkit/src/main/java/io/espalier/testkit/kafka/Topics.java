package io.espalier.testkit.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates, fills and reads topics of the cluster at {@code bootstrapServers}; every call has a deadline. */
public final class Topics {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, Object> client;

    public Topics(String bootstrapServers) {
        this.client = Map.of("bootstrap.servers", requireNonNull(bootstrapServers, "bootstrapServers is null"));
    }

    /** Creates a topic with one replica and returns its name. */
    public String create(String topic, int partitions) {
        return create(topic, partitions, 1);
    }

    /** Creates a topic and returns its name. */
    public String create(String topic, int partitions, int replicas) {
        try (Admin admin = Admin.create(client)) {
            NewTopic wanted = new NewTopic(topic, partitions, (short) replicas);
            get("create the topic " + topic, admin.createTopics(List.of(wanted)).all());
        }
        return topic;
    }

    /** Creates a topic with one replica under a new name that begins with {@code prefix}. */
    public String createNew(String prefix, int partitions) {
        long random = ThreadLocalRandom.current().nextLong();
        return create(prefix + "-" + Long.toUnsignedString(random, Character.MAX_RADIX), partitions);
    }

    /** Writes the values in order to partition 0, acknowledged by all replicas. */
    public void produce(String topic, List<byte[]> values) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (byte[] value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
            }
            for (Future<RecordMetadata> each : sent) {
                get("write to the topic " + topic, each);
            }
        }
    }

    /** Reads from the beginning of all partitions; see {@link KafkaExtension#consume}. */
    public List<ConsumerRecord<byte[], byte[]>> consume(String topic, int count, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, deadline).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (records.size() < count && System.nanoTime() < end) {
                consumer.poll(POLL).forEach(records::add);
            }
        }
        if (records.size() < count) {
            throw new AssertionError("Expected " + count + " records in the topic " + topic + " within "
                    + deadline.toMillis() + " ms but found " + records.size() + ".");
        }
        return records;
    }

    private static void get(String action, Future<?> future) {
        String tried = "Tried to " + action;
        try {
            future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(tried + " but Kafka has not answered within " + LIMIT.toSeconds() + " s.", e);
        } catch (ExecutionException e) {
            throw new AssertionError(tried + " but got: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(tried + " but was interrupted.", e);
        }
    }
}
