package io.espalier.catalog.service;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.util.List;

/**
 * Where definitions are kept. When a method returns, its change survives the end of the process; when it throws, there is
 * no change. Blocks; safe for use by many threads. Every failure is a {@link CatalogException} with code
 * {@link CatalogException.Code#STORE_FAILED}.
 */
public interface StreamStore {
    /** All definitions, in no particular order. */
    List<StreamDefinition> loadAll() throws CatalogException;

    /** Adds a stream; returns whether it was new. */
    boolean insert(StreamDefinition definition) throws CatalogException;

    /** Replaces version {@code definition.version() - 1}; returns whether that was the version stored. */
    boolean update(StreamDefinition definition) throws CatalogException;

    /** Removes the stream; returns whether it was there with this version. */
    boolean delete(StreamId id, long version) throws CatalogException;
}
