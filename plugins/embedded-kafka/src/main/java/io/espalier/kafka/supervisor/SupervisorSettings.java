package io.espalier.kafka.supervisor;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How the supervisor runs its child.
 *
 * @param command the whole command line of the process
 * @param bootstrapServers where the process will serve
 * @param logFile where its output goes; bounded, one older file is kept beside it
 * @param firstPause how long to wait before the first restart; doubles with each failure
 * @param longestPause the most to wait before a restart
 * @param patience how long the broker may be down before listeners hear that it is unavailable
 * @param probePause how long to wait between two questions whether a broker that serves still answers
 * @param probeLimit how long such an answer may take
 * @param stopLimit how long it may take to stop in order before it is killed
 */
public record SupervisorSettings(
        List<String> command,
        String bootstrapServers,
        Path logFile,
        Duration firstPause,
        Duration longestPause,
        Duration patience,
        Duration probePause,
        Duration probeLimit,
        Duration stopLimit) {
    public SupervisorSettings {
        command = List.copyOf(requireNonNull(command, "command is null"));
        requireNonNull(bootstrapServers, "bootstrapServers is null");
        requireNonNull(logFile, "logFile is null");
        requirePositive("firstPause", firstPause);
        requirePositive("longestPause", longestPause);
        requirePositive("patience", patience);
        requirePositive("probePause", probePause);
        requirePositive("probeLimit", probeLimit);
        requirePositive("stopLimit", stopLimit);
    }

    /** The usual times: pauses from 1 s to 30 s, 5 minutes of patience, a question each 3 s with 5 s to answer. */
    public static SupervisorSettings of(
            List<String> command, String bootstrapServers, Path logFile, Duration stopLimit) {
        return new SupervisorSettings(
                command,
                bootstrapServers,
                logFile,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                stopLimit);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be positive");
        }
    }
}
