package io.espalier.collector.send;

import io.espalier.stream.id.StreamId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Creates a stream that the gateway does not know. Never blocks; a stream that is there already counts as created. */
@FunctionalInterface
public interface StreamCreator {
    /** Completes with nothing if the stream is there now, else with a sentence that says why not. */
    CompletableFuture<Optional<String>> create(StreamId stream);

    /** Leaves the creation to somebody else. */
    static StreamCreator none() {
        return stream -> CompletableFuture.completedFuture(
                Optional.of("Creating streams is switched off (create-streams); create it in the catalog."));
    }
}
