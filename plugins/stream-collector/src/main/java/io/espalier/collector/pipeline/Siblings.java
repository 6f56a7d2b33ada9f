package io.espalier.collector.pipeline;

import io.espalier.collector.file.FileIdentity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Looks for the files that a log left behind in its folder when it was rotated. */
final class Siblings {
    /** Modification times are those of the kernel's clock tick, which is behind the clock. */
    private static final long CLOCK_TICK_MILLIS = 20;

    private static final List<String> COMPRESSED =
            List.of(".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".tmp", ".swp");

    private Siblings() {}

    /** The present name of a file that was once at {@code path}, if it is still in the same folder. */
    static Optional<Path> find(Path path, FileIdentity identity) throws IOException {
        for (Found found : list(path, "")) {
            if (FileIdentity.of(found.path, found.attributes).equals(identity)) {
                return Optional.of(found.path);
            }
        }
        return Optional.empty();
    }

    /**
     * Files named after {@code path} that were written since the given time and that nobody knows: they were at the path for
     * so short a time that nobody saw them there. Oldest first.
     */
    static List<Path> missed(Path path, long sinceMillis, Predicate<FileIdentity> known) throws IOException {
        List<Found> missed = new ArrayList<>();
        for (Found found : list(path, name(path))) {
            boolean recent = found.attributes.lastModifiedTime().toMillis() >= sinceMillis - CLOCK_TICK_MILLIS;
            if (recent && !isCompressed(found.path) && !known.test(FileIdentity.of(found.path, found.attributes))) {
                missed.add(found);
            }
        }
        missed.sort(Comparator.comparing((Found found) -> found.attributes.lastModifiedTime())
                .thenComparing(found -> found.path, Comparator.reverseOrder()));
        return missed.stream().map(Found::path).toList();
    }

    private static List<Found> list(Path path, String prefix) throws IOException {
        List<Found> found = new ArrayList<>();
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!file.equals(path) && name(file).startsWith(prefix)) {
                    regular(file).ifPresent(attributes -> found.add(new Found(file, attributes)));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private static Optional<BasicFileAttributes> regular(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? Optional.of(attributes) : Optional.empty();
        } catch (IOException e) {
            // Renamed or deleted between listing and looking.
            return Optional.empty();
        }
    }

    private static boolean isCompressed(Path path) {
        String name = name(path);
        return COMPRESSED.stream().anyMatch(name::endsWith);
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    private record Found(Path path, BasicFileAttributes attributes) {}
}
