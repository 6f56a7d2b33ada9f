package io.espalier.collector.discovery;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.settings.SourceSpec;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that a {@link SourceSpec} names. Links to files are followed, links to folders are not; what is no regular
 * file (a pipe, a device) is passed over. Confined to one thread.
 */
final class FileSearch {
    private static final Logger log = LoggerFactory.getLogger(FileSearch.class);

    private final SourceSpec spec;
    private final Glob glob;
    private final int maxFiles;
    private final Set<Path> unreadable = new HashSet<>();
    private boolean overflowed;

    FileSearch(SourceSpec spec, int maxFiles) {
        this.spec = requireNonNull(spec, "spec is null");
        this.glob = new Glob(FileSystems.getDefault(), spec.glob());
        this.maxFiles = maxFiles;
    }

    SourceSpec spec() {
        return spec;
    }

    /** The paths that match now; files before links, each in the order of their names. */
    List<Path> find() {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(glob.root())) {
            walk(found);
        }
        found.sort(
                Comparator.comparing((Path path) -> Files.isSymbolicLink(path)).thenComparing(path -> path));
        return found;
    }

    private void walk(List<Path> found) {
        try {
            Files.walkFileTree(glob.root(), EnumSet.noneOf(FileVisitOption.class), glob.depth(), new Visitor(found));
        } catch (IOException e) {
            notReadable(glob.root(), e);
        }
    }

    private void notReadable(Path path, IOException reason) {
        if (unreadable.add(path)) {
            log.warn(
                    "Tried to look for files of {} in {} but: {}. It is passed over and tried again.",
                    spec.stream(),
                    path,
                    reason.toString());
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final List<Path> found;

        Visitor(List<Path> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!glob.matches(path) || !(attributes.isRegularFile() || isLinkToFile(path, attributes))) {
                return FileVisitResult.CONTINUE;
            }
            if (found.size() >= maxFiles) {
                warnOfOverflow();
                return FileVisitResult.TERMINATE;
            }
            found.add(path);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException reason) {
            if (!(reason instanceof NoSuchFileException)) {
                notReadable(path, reason);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException reason) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean isLinkToFile(Path path, BasicFileAttributes attributes) {
        return attributes.isSymbolicLink() && Files.isRegularFile(path);
    }

    private void warnOfOverflow() {
        if (!overflowed) {
            overflowed = true;
            log.warn(
                    "Source {}={} names more than {} files; the others are not read. Narrow the pattern or raise max-files.",
                    spec.stream(),
                    spec.glob(),
                    maxFiles);
        }
    }
}
