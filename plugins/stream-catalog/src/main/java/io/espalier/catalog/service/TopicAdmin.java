package io.espalier.catalog.service;

import io.espalier.stream.id.StreamId;

/**
 * Makes and removes the streams' topics. Each method blocks for a few seconds at most, may be repeated, and is safe for use
 * by many threads. Failures are {@link CatalogException}s with code {@code NO_CLUSTER}, {@code TOPIC_MISMATCH} or
 * {@code TOPIC_REFUSED}.
 */
public interface TopicAdmin {
    /** Creates the topic, or adopts one that has exactly this many partitions. */
    void ensure(StreamId stream, String topic, int partitions) throws CatalogException;

    /** Adds partitions to an existing topic; one that has this many already stays as it is. */
    void grow(StreamId stream, String topic, int partitions) throws CatalogException;

    /** Removes the topic with all its records; one that is not there is no failure. */
    void delete(StreamId stream, String topic) throws CatalogException;
}
