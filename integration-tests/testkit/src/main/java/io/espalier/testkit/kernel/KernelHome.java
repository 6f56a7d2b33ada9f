package io.espalier.testkit.kernel;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The distribution in a folder of its own: bin and etc are copied, the jars linked, data is below. Its program is started in this
 * machine's network or, with a command in front of it, in another namespace.
 */
public final class KernelHome {
    private static final Duration EXEC_LIMIT = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> before;

    private KernelHome(Path folder, List<String> before) {
        this.folder = folder;
        this.before = before;
    }

    /** What a shell command printed, and the exit code of the client. */
    public record Answer(int exit, String text) {}

    /**
     * Installs a distribution.
     *
     * @param built the unpacked distribution
     * @param folder empty or not there yet
     * @param before put before each command line, as {@code ip netns exec NAME}; may be empty
     */
    public static KernelHome install(Path built, Path folder, List<String> before) {
        requireNonNull(built, "built is null");
        try {
            Files.createDirectories(folder);
            copy(built.resolve("bin"), folder.resolve("bin"));
            copy(built.resolve("etc"), folder.resolve("etc"));
            for (String linked : List.of("lib", "system", "plugins")) {
                Files.createSymbolicLink(folder.resolve(linked), built.resolve(linked));
            }
            Files.createDirectories(folder.resolve("deploy"));
            return new KernelHome(folder, List.copyOf(before));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to install " + built + " into " + folder + ".", e);
        }
    }

    /** The distribution that this build has made. */
    public static Path built() {
        Path target = Path.of(System.getProperty("espalier.root"), "platform-kernel/distribution/target");
        try (Stream<Path> files = Files.find(target, 4, (path, attributes) -> path.endsWith("bin/espalier"))) {
            return files.map(script -> target.resolve(target.relativize(script).subpath(0, 2)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("There is no distribution below " + target
                            + "; build it with 'mvn package -pl platform-kernel/distribution -am'."));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to find a distribution below " + target + ".", e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    public Path folder() {
        return folder;
    }

    public Path data() {
        return folder.resolve("data");
    }

    /** Writes etc/PID.json anew. */
    public void configure(String pid, Map<String, ?> values) {
        Path file = folder.resolve("etc").resolve(pid + ".json");
        try {
            Files.writeString(file, JSON.writeValueAsString(values));
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to write " + file + ".", e);
        }
    }

    /** A program call that has not started yet. */
    public ProcessPlan espalier(String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(folder.resolve("bin/espalier").toString());
        command.addAll(List.of(arguments));
        return ProcessPlan.command(command).in(folder);
    }

    /** Starts the kernel in the foreground; it is not ready yet. */
    public ChildProcess start(String profile) {
        return espalier("start", "--foreground", "--profile", profile).start();
    }

    /** Runs a shell command in the running kernel. */
    public Answer exec(String line) {
        return exec(line, EXEC_LIMIT);
    }

    /** The same for a command that may take so long. */
    public Answer exec(String line, Duration limit) {
        try (ChildProcess client = espalier("exec", line).start()) {
            int exit = client.awaitExit(limit);
            return new Answer(exit, String.join("\n", client.output()));
        }
    }
}
