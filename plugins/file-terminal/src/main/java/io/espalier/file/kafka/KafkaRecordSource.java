package io.espalier.file.kafka;

import io.espalier.file.input.InputBatch;
import io.espalier.file.input.InputException;
import io.espalier.file.input.InputRecord;
import io.espalier.file.input.OffsetBounds;
import io.espalier.file.input.RecordSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream's records from its topic, by a consumer of its own that is assigned its partitions, so there is no rebalance.
 *
 * <p>Only records of committed transactions are read. The calling thread's context class loader must be Kafka's own, because
 * the client looks up classes by name through it.
 */
final class KafkaRecordSource implements RecordSource {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRecordSource.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EndOffsets ends;
    private final String topic;
    private volatile boolean stopping;

    KafkaRecordSource(KafkaConsumer<byte[], byte[]> consumer, EndOffsets ends, String topic) {
        this.consumer = consumer;
        this.ends = ends;
        this.topic = topic;
    }

    @Override
    public Set<Integer> partitions() throws InputException {
        List<PartitionInfo> infos = ask("look up topic " + topic, () -> consumer.partitionsFor(topic, ANSWER_LIMIT));
        if (infos == null || infos.isEmpty()) {
            throw new InputException(
                    "There is no topic " + topic
                            + " in Kafka; its stream's files wait for it. Update the stream in the catalog to create it again.");
        }
        Set<Integer> partitions = new TreeSet<>();
        infos.forEach(info -> partitions.add(info.partition()));
        return partitions;
    }

    @Override
    public Map<Integer, OffsetBounds> bounds(Set<Integer> partitions) throws InputException {
        List<TopicPartition> asked = partitions.stream().map(this::partition).toList();
        String action = "look up the offsets of topic " + topic;
        Map<TopicPartition, Long> earliest = ask(action, () -> consumer.beginningOffsets(asked, ANSWER_LIMIT));
        Map<TopicPartition, Long> ends = ask(action, () -> consumer.endOffsets(asked, ANSWER_LIMIT));
        Map<Integer, OffsetBounds> bounds = new HashMap<>();
        for (TopicPartition each : asked) {
            bounds.put(
                    each.partition(), new OffsetBounds(earliest.getOrDefault(each, 0L), ends.getOrDefault(each, 0L)));
        }
        return bounds;
    }

    @Override
    public Map<Integer, Long> ends(Set<Integer> partitions) throws InputException {
        Set<TopicPartition> asked = partitions.stream().map(this::partition).collect(Collectors.toSet());
        try {
            return ends.ask(asked, ANSWER_LIMIT);
        } catch (KafkaException e) {
            throw failed("look up the end of topic " + topic, e);
        }
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic, number);
    }

    @Override
    public void assign(Map<Integer, Long> positions) {
        consumer.assign(positions.keySet().stream().map(this::partition).toList());
        positions.forEach((number, offset) -> consumer.seek(partition(number), offset));
    }

    @Override
    public List<InputBatch> poll(Duration timeout) throws InputException {
        if (stopping) {
            return List.of();
        }
        try {
            return batches(consumer.poll(timeout));
        } catch (WakeupException asked) {
            return List.of();
        } catch (OffsetOutOfRangeException e) {
            throw new InputException(
                    "Topic " + topic + " does not hold the offsets " + e.offsetOutOfRangePartitions()
                            + " any more; looking up what it holds.",
                    e);
        } catch (KafkaException | IllegalStateException e) {
            throw failed("read topic " + topic, e);
        }
    }

    private static List<InputBatch> batches(ConsumerRecords<byte[], byte[]> polled) {
        List<InputBatch> batches = new ArrayList<>();
        polled.nextOffsets().forEach((partition, next) -> {
            List<InputRecord> records = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> each : polled.records(partition)) {
                records.add(new InputRecord(each.offset(), HeaderReader.read(each.headers()), each.value()));
            }
            batches.add(new InputBatch(partition.partition(), records, next.offset()));
        });
        return batches;
    }

    @Override
    public OptionalLong lag(int partition) {
        try {
            return consumer.currentLag(partition(partition));
        } catch (IllegalStateException notAssigned) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void report(Map<Integer, Long> nextOffsets) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        nextOffsets.forEach((number, next) -> offsets.put(partition(number), new OffsetAndMetadata(next)));
        try {
            consumer.commitAsync(offsets, (done, failure) -> {
                if (failure != null) {
                    LOG.debug(
                            "The group offsets of topic {}, which only lag tools read, were not stored.",
                            topic,
                            failure);
                }
            });
        } catch (KafkaException e) {
            LOG.debug("The group offsets of topic {}, which only lag tools read, were not stored.", topic, e);
        }
    }

    @Override
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void stop() {
        stopping = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        // A thread that was interrupted to end must still be able to say goodbye.
        boolean interrupted = Thread.interrupted();
        try {
            consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
        } catch (KafkaException e) {
            LOG.debug("The consumer of topic {} was not closed cleanly.", topic, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Asks again when woken up for another reason than to stop. */
    private <T> T ask(String action, Supplier<T> question) throws InputException {
        while (!stopping) {
            try {
                return question.get();
            } catch (WakeupException poked) {
                // The poke was for a poll; the question still stands.
            } catch (KafkaException e) {
                throw failed(action, e);
            }
        }
        throw new InputException("The stream's writer is stopping.");
    }

    static InputException failed(String action, RuntimeException e) {
        if (e instanceof InterruptException) {
            Thread.currentThread().interrupt();
        }
        return new InputException(
                "Tried to " + action + " but failed with " + e.getClass().getSimpleName() + " (" + e.getMessage()
                        + "); trying again. Is Kafka running and reachable?",
                e);
    }
}
