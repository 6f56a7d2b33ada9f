package io.espalier.catalog.topic;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.CatalogException.Code;
import io.espalier.catalog.service.TopicAdmin;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.id.StreamId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The topics of one Kafka cluster, through one admin client. */
final class KafkaTopicAdmin implements TopicAdmin, AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final String cluster;
    private final Admin admin;
    private final Duration limit;
    private final short replicationFactor;

    private KafkaTopicAdmin(String cluster, Admin admin, Duration limit, short replicationFactor) {
        this.cluster = cluster;
        this.admin = admin;
        this.limit = limit;
        this.replicationFactor = replicationFactor;
    }

    static KafkaTopicAdmin connect(KafkaCluster cluster, Duration limit, short replicationFactor)
            throws CatalogException {
        Map<String, Object> settings = new HashMap<>(cluster.clientProperties());
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "espalier-catalog");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(limit.toMillis()));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(limit.toMillis() / 2));
        settings.put(AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        return new KafkaTopicAdmin(cluster.name(), create(cluster.name(), settings), limit, replicationFactor);
    }

    private static Admin create(String cluster, Map<String, Object> settings) throws CatalogException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Kafka's static initialisers look classes up through the context loader; with a foreign one they fail for
        // good.
        thread.setContextClassLoader(Admin.class.getClassLoader());
        try {
            return Admin.create(settings);
        } catch (KafkaException refused) {
            throw new CatalogException(
                    Code.NO_CLUSTER,
                    "Tried to connect to Kafka cluster '" + cluster + "' but its settings do not work ("
                            + reason(refused) + "); mend the cluster's configuration.",
                    refused);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void ensure(StreamId stream, String topic, int partitions) throws CatalogException {
        try {
            NewTopic wanted = new NewTopic(topic, Optional.of(partitions), replicas());
            await(admin.createTopics(List.of(wanted)).all());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw trouble("create topic " + topic + " of stream " + stream, failed.getCause());
            }
            adopt(stream, topic, partitions);
        } catch (TimeoutException late) {
            throw trouble("create topic " + topic + " of stream " + stream, late);
        }
    }

    private void adopt(StreamId stream, String topic, int partitions) throws CatalogException {
        int found = partitionsOf(stream, topic);
        if (found != partitions) {
            throw new CatalogException(
                    Code.TOPIC_MISMATCH,
                    "Tried to create stream " + stream + " with " + partitions
                            + " partitions but its topic exists with " + found + "; ask for " + found
                            + " partitions, or delete the topic first.");
        }
    }

    @Override
    public void grow(StreamId stream, String topic, int partitions) throws CatalogException {
        int found = partitionsOf(stream, topic);
        if (found == partitions) {
            return;
        }
        if (found > partitions) {
            throw new CatalogException(
                    Code.TOPIC_MISMATCH,
                    "Tried to grow topic " + topic + " to " + partitions + " partitions but it has " + found
                            + " already; ask for " + found + ".");
        }
        String action = "grow topic " + topic + " to " + partitions + " partitions";
        try {
            await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                    .all());
        } catch (ExecutionException failed) {
            throw trouble(action, failed.getCause());
        } catch (TimeoutException late) {
            throw trouble(action, late);
        }
    }

    @Override
    public void delete(StreamId stream, String topic) throws CatalogException {
        try {
            await(admin.deleteTopics(List.of(topic)).all());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw trouble("delete topic " + topic + " of stream " + stream, failed.getCause());
            }
        } catch (TimeoutException late) {
            throw trouble("delete topic " + topic + " of stream " + stream, late);
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE_LIMIT);
    }

    private int partitionsOf(StreamId stream, String topic) throws CatalogException {
        try {
            Map<String, TopicDescription> found =
                    await(admin.describeTopics(List.of(topic)).allTopicNames());
            return requireNonNull(found.get(topic)).partitions().size();
        } catch (ExecutionException failed) {
            throw trouble("read topic " + topic + " of stream " + stream, failed.getCause());
        } catch (TimeoutException late) {
            throw trouble("read topic " + topic + " of stream " + stream, late);
        }
    }

    private Optional<Short> replicas() {
        return replicationFactor < 0 ? Optional.empty() : Optional.of(replicationFactor);
    }

    private <T> T await(KafkaFuture<T> future) throws ExecutionException, TimeoutException, CatalogException {
        try {
            // The client keeps the limit itself; the margin only guards against a client that does not.
            return future.get(limit.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CatalogException(
                    Code.NO_CLUSTER, "The catalog was stopped while it waited for Kafka; try again.", stopped);
        }
    }

    private CatalogException trouble(String action, @Nullable Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new CatalogException(
                    Code.TOPIC_MISMATCH,
                    "Tried to " + action + " but Kafka cluster '" + cluster
                            + "' has no such topic; delete the stream and create it again.",
                    cause);
        }
        if (cause instanceof RetriableException || cause instanceof TimeoutException) {
            return new CatalogException(
                    Code.NO_CLUSTER,
                    "Tried to " + action + " but Kafka cluster '" + cluster + "' did not answer within "
                            + limit.toMillis() + " ms; check its brokers and try again.",
                    cause);
        }
        return new CatalogException(
                Code.TOPIC_REFUSED,
                "Tried to " + action + " but Kafka cluster '" + cluster + "' refused (" + reason(cause)
                        + "); mend what it names and try again.",
                cause);
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "no reason given";
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
