package io.espalier.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes files so that they survive {@code kill -9} and a power cut whole.
 *
 * <p>What is written is on disk when a method returns: the content, the name in its folder, and the folders that were made for
 * it. Folders that are missing are made, with the rights that the process gives to new ones. Methods block for as long as the
 * disk takes. Safe for use by many threads; a thread that is interrupted gets an {@link IOException}.
 */
public final class DurableFiles {
    /** The rights of a secret: its owner may read and write it, nobody else may do anything. */
    public static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);
    private static final String ANY_FRESH = ".espalier-????????????????.new";

    /** Younger ones may belong to a writer that is at work. */
    private static final Duration LEFTOVER_AGE = Duration.ofMinutes(1);

    private DurableFiles() {}

    /**
     * Replaces the content in one step: whoever reads, and whatever crashes, there is the old content or the new. Of writers at
     * the same time, in this process or in others, one comes last and its content stays whole.
     *
     * <p>The rights of a file that is there are kept, a new one gets those that the process gives to new files. Owner and group
     * are those of the process. A symbolic link is itself replaced, not the file it leads to.
     *
     * @throws IOException with a sentence that says whether the old content is still there
     */
    public static void replace(Path file, byte[] content) throws IOException {
        write(file, folderOf(file), content, null);
    }

    /**
     * As {@link #replace(Path, byte[])}, but with exactly these rights, whatever the file had before and whatever rights the
     * process gives to new files. The content is at no moment in a file with more rights.
     *
     * @throws IOException with a sentence; also when the file system knows no such rights, nothing is written then
     */
    public static void replace(Path file, byte[] content, Set<PosixFilePermission> rights) throws IOException {
        requireNonNull(rights, "rights is null");
        Path folder = folderOf(file);
        if (!hasRights(folder)) {
            throw new IOException(rightsRefused(file, rights));
        }
        write(file, folder, content, Set.copyOf(rights));
    }

    /**
     * Adds to the file's end; one that is missing is made. If that fails half way, what was written of it is taken back; after a
     * crash the file may end in a part of it. One writer at a time: the caller sees to that.
     *
     * @throws IOException with a sentence
     */
    public static void append(Path file, byte[] content) throws IOException {
        Path folder = folderOf(file);
        try {
            makeFolder(folder);
            try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
                append(channel, content);
            }
            forceFolder(folder);
        } catch (IOException e) {
            throw new IOException("Tried to append to " + file + " but failed (" + e + ").", e);
        }
    }

    /**
     * Makes what happened to the names in the folder durable: files that were made, renamed or deleted. Nothing happens on file
     * systems that cannot open a folder and do this by themselves.
     */
    public static void forceFolder(Path folder) throws IOException {
        if (!hasRights(folder)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    /**
     * Deletes what writers that crashed have left in the folder: hidden files {@code .espalier-*.new} that are a minute old. To be
     * called once by the folder's owner before it writes. A folder that is missing is fine; what cannot be deleted is logged.
     */
    public static void removeLeftovers(Path folder) {
        Instant young = Instant.now().minus(LEFTOVER_AGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ANY_FRESH)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(young)) {
                    Files.delete(file);
                    LOG.info("Deleted {}, which a writer that crashed had left.", file);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            // Nobody has written there, or another process was quicker.
            LOG.debug("No leftovers in {}.", folder, none);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn(
                    "Tried to delete the leftovers of crashed writers in {} but failed ({}). They do no harm but take space;"
                            + " delete the files {} by hand.",
                    folder,
                    e.toString(),
                    ANY_FRESH);
        }
    }

    private static void write(Path file, Path folder, byte[] content, @Nullable Set<PosixFilePermission> wanted)
            throws IOException {
        try {
            makeFolder(folder);
            Path fresh = folder.resolve(String.format(
                    ".espalier-%016x.new", ThreadLocalRandom.current().nextLong()));
            writeAndMove(file, fresh, content, wanted == null ? presentRights(file) : wanted);
        } catch (IOException e) {
            throw new IOException("Tried to write " + file + " but failed (" + e + "); it is as it was.", e);
        }
        try {
            forceFolder(folder);
        } catch (IOException e) {
            throw new IOException(
                    file + " is written, but its folder cannot be forced to disk (" + e
                            + "); a power cut may bring the old content back.",
                    e);
        }
    }

    private static void writeAndMove(Path file, Path fresh, byte[] content, @Nullable Set<PosixFilePermission> rights)
            throws IOException {
        FileAttribute<?>[] attributes = rights == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)};
        FileChannel channel = FileChannel.open(fresh, Set.of(CREATE_NEW, WRITE), attributes);
        try {
            try (channel) {
                if (rights != null) {
                    giveRights(file, fresh, rights);
                }
                writeAll(channel, content);
                channel.force(true);
            }
            Files.move(fresh, file, ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            discard(fresh, e);
            throw e;
        }
    }

    /** The process may have given less than was asked for; some file systems give what they like. */
    private static void giveRights(Path file, Path fresh, Set<PosixFilePermission> rights) throws IOException {
        if (!rightsOf(fresh).equals(rights)) {
            Files.setPosixFilePermissions(fresh, rights);
            if (!rightsOf(fresh).equals(rights)) {
                throw new IOException(rightsRefused(file, rights));
            }
        }
    }

    private static String rightsRefused(Path file, Set<PosixFilePermission> rights) {
        return "Tried to write " + file + " with the rights " + PosixFilePermissions.toString(rights)
                + " but its file system cannot keep them, so that others might read it; choose a folder on a file system with"
                + " POSIX rights.";
    }

    private static void discard(Path fresh, Exception cause) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    static void append(FileChannel channel, byte[] content) throws IOException {
        long end = channel.size();
        try {
            channel.position(end);
            writeAll(channel, content);
            channel.force(true);
        } catch (IOException e) {
            takeBack(channel, end, e);
            throw e;
        }
    }

    private static void takeBack(FileChannel channel, long end, IOException cause) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static Path folderOf(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("Tried to write " + file + " but that is no file in a folder.");
        }
        return folder;
    }

    private static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            makeFolder(parent);
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        if (parent != null) {
            forceFolder(parent);
        }
    }

    private static @Nullable Set<PosixFilePermission> presentRights(Path file) throws IOException {
        try {
            return hasRights(file) ? rightsOf(file) : null;
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    private static boolean hasRights(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class) != null;
    }

    private static Set<PosixFilePermission> rightsOf(Path file) throws IOException {
        return Files.getPosixFilePermissions(file);
    }
}
