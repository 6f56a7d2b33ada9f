package io.espalier.catalog.topic;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.CatalogException.Code;
import io.espalier.catalog.service.TopicAdmin;
import io.espalier.stream.cluster.KafkaCluster;
import io.espalier.stream.id.StreamId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The topics of the cluster that is there now. Clusters come and go while the catalog runs; without one, each operation fails
 * at once with {@link Code#NO_CLUSTER}. The client is made when it is first needed and closed when its cluster goes.
 */
public final class ClusterTopics implements TopicAdmin, AutoCloseable {
    private final Duration limit;
    private final short replicationFactor;
    private @Nullable KafkaCluster cluster;
    private @Nullable KafkaTopicAdmin admin;

    /**
     * @param limit how long one operation may take
     * @param replicationFactor of new topics; -1 for the cluster's default
     */
    public ClusterTopics(Duration limit, short replicationFactor) {
        this.limit = requireNonNull(limit, "limit is null");
        this.replicationFactor = replicationFactor;
    }

    /** From now on, topics are made on this cluster. */
    public void use(KafkaCluster next) {
        requireNonNull(next, "next is null");
        replace(next);
    }

    /** The cluster has gone; has no effect if another took its place already. */
    public void forget(KafkaCluster gone) {
        synchronized (this) {
            if (!gone.equals(cluster)) {
                return;
            }
        }
        replace(null);
    }

    @Override
    public void ensure(StreamId stream, String topic, int partitions) throws CatalogException {
        admin(stream).ensure(stream, topic, partitions);
    }

    @Override
    public void grow(StreamId stream, String topic, int partitions) throws CatalogException {
        admin(stream).grow(stream, topic, partitions);
    }

    @Override
    public void delete(StreamId stream, String topic) throws CatalogException {
        admin(stream).delete(stream, topic);
    }

    /** Closes the client; idempotent. */
    @Override
    public void close() {
        replace(null);
    }

    private void replace(@Nullable KafkaCluster next) {
        KafkaTopicAdmin old;
        synchronized (this) {
            old = admin;
            admin = null;
            cluster = next;
        }
        if (old != null) {
            old.close();
        }
    }

    private synchronized KafkaTopicAdmin admin(StreamId stream) throws CatalogException {
        KafkaCluster present = cluster;
        if (present == null) {
            throw new CatalogException(
                    Code.NO_CLUSTER,
                    "Tried to reach the topic of stream " + stream
                            + " but no Kafka cluster is there; start or configure one (kafka.embedded or kafka.cluster) and try again.");
        }
        KafkaTopicAdmin usable = admin;
        if (usable == null) {
            usable = KafkaTopicAdmin.connect(present, limit, replicationFactor);
            admin = usable;
        }
        return usable;
    }
}
