package io.espalier.testkit.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders whose life a test or an extension decides itself; JUnit's {@code @TempDir} serves the others. */
public final class Folders {
    private Folders() {}

    /** A new folder in the JVM's folder for temporary files. */
    public static Path createTemporary(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to create a temporary folder " + prefix + "*.", e);
        }
    }

    /** Deletes the folder with all it holds; what does not exist (any more) is fine. */
    public static void delete(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> childrenFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : childrenFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to delete the folder " + folder + ".", e);
        }
    }
}
