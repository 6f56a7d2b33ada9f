package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.Limits;
import io.espalier.engine.check.SmokeRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is tested, and how.
 *
 * @param folder of its own: results and logs
 * @param repositories whose images are loaded, tested and judged
 * @param parallel tests that run at once, by hand and by themselves together
 * @param keepLogs logs that are kept on disk, the newest
 * @param registryHost under which the engine reaches the node's registry; empty for the address that the relay uses
 */
public record DeskSettings(
        Path folder,
        ArrivalMode arrivals,
        boolean gate,
        RepositoryGlobs repositories,
        TestCommands commands,
        Duration timeLimit,
        Duration stayUp,
        Limits limits,
        int parallel,
        int keepLogs,
        String registryHost) {
    private static final int MOST_PARALLEL = 32;

    public DeskSettings {
        requireNonNull(folder, "folder is null");
        requireNonNull(arrivals, "arrivals is null");
        requireNonNull(repositories, "repositories is null");
        requireNonNull(commands, "commands is null");
        requireNonNull(timeLimit, "timeLimit is null");
        requireNonNull(stayUp, "stayUp is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(registryHost, "registryHost is null");
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw new IllegalArgumentException("parallel-tests is " + parallel + "; use 1 to " + MOST_PARALLEL + ".");
        }
        if (keepLogs < 1) {
            throw new IllegalArgumentException("keep-logs is " + keepLogs + "; use 1 or more.");
        }
        if (!registryHost.matches("([A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+])?(:\\d{1,5})?")) {
            throw new IllegalArgumentException(
                    "registry-host is '" + registryHost + "'; write HOST:PORT, or leave it empty.");
        }
        // Checks the times, too.
        new SmokeRules(List.of(), timeLimit, stayUp, false, limits);
    }

    /** The rules for an image of a repository. */
    public SmokeRules rulesFor(String repository, Purpose purpose) {
        return new SmokeRules(commands.of(repository), timeLimit, stayUp, purpose == Purpose.GATE, limits);
    }
}
