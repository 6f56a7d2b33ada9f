package io.espalier.testkit.program;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs are: on the {@code PATH}, or where Debian puts those of administrators and of PostgreSQL. */
public final class ProgramPath {
    private static final Path ADMINISTRATORS = Path.of("/usr/sbin");
    private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql");

    private ProgramPath() {}

    /** The program, PostgreSQL's in the newest release that is there. */
    public static Optional<Path> find(String program) {
        return find(program, System.getenv().getOrDefault("PATH", ""));
    }

    static Optional<Path> find(String program, String path) {
        Stream<Path> named = Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Stream.concat(named, Stream.concat(Stream.of(ADMINISTRATORS), postgresql()))
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> postgresql() {
        if (!Files.isDirectory(POSTGRESQL)) {
            return Stream.empty();
        }
        try (Stream<Path> releases = Files.list(POSTGRESQL)) {
            return releases
                    .sorted(Comparator.comparing((Path release) -> release.getFileName() + "")
                            .reversed())
                    .map(release -> release.resolve("bin"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to list " + POSTGRESQL + ".", e);
        }
    }
}
