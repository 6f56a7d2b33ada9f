package io.espalier.file.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks where topics end, over a connection of its own: on a consumer's connection the question would wait behind a fetch that
 * the broker holds for seconds. All streams share it, since the client waits for each answer by itself. Thread-safe.
 */
final class EndOffsets implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

    private final Map<String, Object> properties;
    private @Nullable Admin admin;
    private boolean closed;

    EndOffsets(Map<String, Object> properties) {
        this.properties = properties;
    }

    /** The offsets after the last record of a committed transaction, by partition number. */
    Map<Integer, Long> ask(Set<TopicPartition> partitions, Duration limit) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs((int) limit.toMillis());
        try {
            Map<TopicPartition, ListOffsetsResultInfo> answer =
                    admin().listOffsets(asked, options).all().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            Map<Integer, Long> ends = new HashMap<>();
            answer.forEach((partition, info) -> ends.put(partition.partition(), info.offset()));
            return ends;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Admin admin() {
        Admin open = admin;
        if (closed) {
            throw new KafkaException("the terminal is closed");
        }
        if (open == null) {
            open = Admin.create(properties);
            admin = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(CLOSE_LIMIT);
        }
    }
}
