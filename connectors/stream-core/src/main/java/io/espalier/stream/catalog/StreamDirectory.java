package io.espalier.stream.catalog;

import io.espalier.stream.id.StreamId;
import java.util.List;
import java.util.Optional;

/**
 * Looks up stream definitions; the catalog offers it as a service to gateway and terminals.
 *
 * <p>Answers from memory without I/O and never blocks; safe for use by many threads. A change made through the catalog is
 * seen here before the catalog answers the one who made it.
 */
public interface StreamDirectory {
    Optional<StreamDefinition> find(StreamId id);

    /** All streams in the order of their ids, as of one moment. */
    List<StreamDefinition> list();
}
