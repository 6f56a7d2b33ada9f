package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link TransferEngine} works.
 *
 * @param node its own name, by which it finds out that it waits for itself; empty where it does not know it
 * @param folder its {@code spool} and {@code transfers} are kept below
 * @param spoolBytes most that the spool may hold
 * @param jobs transfers that run at once; the others wait
 * @param silence a parent that says nothing for so long is left
 * @param slowness a parent that gives less than a quarter of what the plan expects for so long is left
 * @param firstRetry wait after the first failure; doubled by each further one
 * @param longestRetry most that is waited
 * @param hashWait how long a chunk waits for its hash before it is given back
 */
public record EngineSettings(
        Optional<NodeId> node,
        Path folder,
        long spoolBytes,
        int jobs,
        Duration silence,
        Duration slowness,
        Duration firstRetry,
        Duration longestRetry,
        Duration hashWait) {
    private static final int JOBS = 4;

    public EngineSettings {
        requireNonNull(node, "node is null");
        requireNonNull(folder, "folder is null");
        requireNonNull(silence, "silence is null");
        requireNonNull(slowness, "slowness is null");
        requireNonNull(firstRetry, "firstRetry is null");
        requireNonNull(longestRetry, "longestRetry is null");
        requireNonNull(hashWait, "hashWait is null");
        if (spoolBytes < 1 || jobs < 1) {
            throw new IllegalArgumentException(
                    "spoolBytes is " + spoolBytes + " and jobs is " + jobs + "; both are at least 1.");
        }
    }

    /** What a node uses unless said otherwise. */
    public static EngineSettings in(Path folder, long spoolBytes) {
        return new EngineSettings(
                Optional.empty(),
                folder,
                spoolBytes,
                JOBS,
                Duration.ofMillis(1_500),
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5));
    }

    /** The same with other waits between tries. */
    public EngineSettings withRetries(Duration first, Duration longest) {
        return new EngineSettings(node, folder, spoolBytes, jobs, silence, slowness, first, longest, hashWait);
    }

    /** The same for the node of this name. */
    public EngineSettings of(NodeId name) {
        return new EngineSettings(
                Optional.of(name), folder, spoolBytes, jobs, silence, slowness, firstRetry, longestRetry, hashWait);
    }
}
