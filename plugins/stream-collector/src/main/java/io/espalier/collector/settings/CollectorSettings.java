package io.espalier.collector.settings;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * Everything a collector is told.
 *
 * @param agentId names this collector in every report; letters, digits, '-', '_' and '.'
 * @param sources which files feed which streams
 * @param tail how files are read
 * @param send how records are sent
 * @param maxStreams how many streams there are at most
 * @param checkpointInterval how often a stream's checkpoint is saved at most
 */
public record CollectorSettings(
        String agentId,
        List<SourceSpec> sources,
        TailSettings tail,
        SendSettings send,
        int maxStreams,
        Duration checkpointInterval) {
    public CollectorSettings {
        requireNonNull(agentId, "agentId is null");
        requireNonNull(tail, "tail is null");
        requireNonNull(send, "send is null");
        sources = List.copyOf(sources);
        if (!agentId.matches("[A-Za-z0-9._-]{1,200}")) {
            throw new IllegalArgumentException("agent-id is '" + agentId
                    + "'; use 1 to 200 letters, digits, '.', '_' and '-', and one of its own for each collector.");
        }
        Limits.atLeast("max-streams", 1, maxStreams);
        Limits.positive("checkpoint-interval", checkpointInterval);
    }
}
