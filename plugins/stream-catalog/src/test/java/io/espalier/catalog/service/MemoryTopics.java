package io.espalier.catalog.service;

import io.espalier.stream.id.StreamId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Topics in memory on a cluster that can be told to be away. */
public final class MemoryTopics implements TopicAdmin {
    /** Topic to partitions. */
    public final Map<String, Integer> topics = new ConcurrentHashMap<>();

    /** Whether the cluster is away. */
    public volatile boolean away;

    @Override
    public void ensure(StreamId stream, String topic, int partitions) throws CatalogException {
        check();
        Integer found = topics.putIfAbsent(topic, partitions);
        if (found != null && found != partitions) {
            throw new CatalogException(CatalogException.Code.TOPIC_MISMATCH, "The topic has " + found + " partitions.");
        }
    }

    @Override
    public void grow(StreamId stream, String topic, int partitions) throws CatalogException {
        check();
        topics.put(topic, partitions);
    }

    @Override
    public void delete(StreamId stream, String topic) throws CatalogException {
        check();
        topics.remove(topic);
    }

    private void check() throws CatalogException {
        if (away) {
            throw new CatalogException(CatalogException.Code.NO_CLUSTER, "Kafka did not answer.");
        }
    }
}
