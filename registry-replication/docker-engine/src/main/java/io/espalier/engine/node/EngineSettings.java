package io.espalier.engine.node;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.Limits;
import io.espalier.engine.desk.ArrivalMode;
import io.espalier.engine.desk.DeskSettings;
import io.espalier.engine.desk.RepositoryGlobs;
import io.espalier.engine.desk.TestCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The configuration, read.
 *
 * @param socket of the engine
 */
public record EngineSettings(Path socket, DeskSettings desk) {
    private static final String UNIX = "unix://";

    public EngineSettings {
        requireNonNull(socket, "socket is null");
        requireNonNull(desk, "desk is null");
    }

    /** The configuration as it is written. */
    public record Texts(
            String socket,
            String arrivals,
            boolean gate,
            List<String> repositories,
            List<String> commands,
            int stayUpSeconds,
            int timeLimitSeconds,
            long memoryBytes,
            double cpus,
            int pids,
            String network,
            boolean readOnly,
            int parallelTests,
            int keepLogs,
            String registryHost) {
        public Texts {
            repositories = List.copyOf(repositories);
            commands = List.copyOf(commands);
        }
    }

    /**
     * Reads a configuration and finds all that is wrong with it at once.
     *
     * @param folder of its own
     * @throws IllegalArgumentException with a sentence for each problem
     */
    public static EngineSettings read(Texts texts, Path folder) {
        List<String> problems = new ArrayList<>();
        Path socket = attempt(problems, () -> socket(texts.socket()), Path.of("/"));
        ArrivalMode arrivals = attempt(problems, () -> ArrivalMode.parse(texts.arrivals()), ArrivalMode.OFF);
        RepositoryGlobs globs =
                attempt(problems, () -> RepositoryGlobs.of(texts.repositories()), RepositoryGlobs.of(List.of()));
        TestCommands commands =
                attempt(problems, () -> TestCommands.parse(texts.commands()), TestCommands.parse(List.of()));
        Limits limits = attempt(
                problems,
                () -> new Limits(
                        texts.memoryBytes(),
                        texts.cpus(),
                        texts.pids(),
                        texts.network().strip(),
                        texts.readOnly()),
                Limits.DEFAULT);
        DeskSettings defaults = new DeskSettings(
                folder,
                arrivals,
                texts.gate(),
                globs,
                commands,
                Duration.ofSeconds(1),
                Duration.ZERO,
                limits,
                1,
                1,
                "");
        DeskSettings desk = attempt(
                problems,
                () -> new DeskSettings(
                        folder,
                        arrivals,
                        texts.gate(),
                        globs,
                        commands,
                        Duration.ofSeconds(texts.timeLimitSeconds()),
                        Duration.ofSeconds(texts.stayUpSeconds()),
                        limits,
                        texts.parallelTests(),
                        texts.keepLogs(),
                        texts.registryHost().strip()),
                defaults);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("The configuration docker.engine has " + problems.size()
                    + (problems.size() == 1 ? " mistake: " : " mistakes: ") + String.join(" ", problems));
        }
        return new EngineSettings(socket, desk);
    }

    private static Path socket(String text) {
        String path = text.strip().startsWith(UNIX) ? text.strip().substring(UNIX.length()) : text.strip();
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("socket is '" + text
                    + "'; write the path of the engine's unix socket, as /var/run/docker.sock. Whoever reaches an engine by TCP"
                    + " owns its machine, so that is not offered; forward a remote socket with ssh -L.");
        }
        return Path.of(path);
    }

    private static <T> T attempt(List<String> problems, Supplier<T> reading, T otherwise) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return otherwise;
        }
    }
}
