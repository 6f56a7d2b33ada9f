package io.espalier.relay.seal;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that only the node's own user may read; on a file system that cannot keep them so, none is written. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    private static final int MAX_BYTES = 1 << 20;

    private PrivateFiles() {}

    public static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (hasModes(folder)) {
                Files.setPosixFilePermissions(folder, FOLDER);
            }
        }
        DurableFiles.removeLeftovers(folder);
    }

    /** Replaces the file as a whole; after a crash it is the old or the new one, and never readable by others. */
    public static void write(Path file, String text) throws IOException {
        DurableFiles.replace(file, text.getBytes(StandardCharsets.UTF_8), DurableFiles.OWNER_ONLY);
    }

    public static Path folderOf(Path file) {
        return requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }

    public static String read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("it is larger than " + MAX_BYTES + " bytes");
        }
        return Files.readString(file);
    }

    public static boolean readableByOthers(Path file) throws IOException {
        return hasModes(file) && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    }

    private static boolean hasModes(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null
                && path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
