package io.espalier.replication.backup;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Copies what the master must not lose into one tar file, while the controller runs: the database if it is a file, the authority's
 * key and certificate, and the key of sealed credentials. Unpacked into an empty data folder it makes the master again.
 */
public final class MasterBackup {
    private final Path data;
    private final Path authority;
    private final Clock clock;

    /** Copies a database that is a file. */
    @FunctionalInterface
    public interface DatabaseCopy {
        /** Writes a ZIP file with the database's file; false when the database is on a server. */
        boolean zip(Path into);
    }

    /**
     * A backup of a data folder.
     *
     * @param data the platform's data folder
     * @param authority the folder of the cluster's authority, inside
     */
    public MasterBackup(Path data, Path authority, Clock clock) {
        this.data = requireNonNull(data, "data is null");
        this.authority = requireNonNull(authority, "authority is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Writes a new file, which only this user can read.
     *
     * @return what is in it, for people
     * @throws IOException with a sentence; there is no file then
     */
    public String write(Path file, DatabaseCopy database) throws IOException {
        Path target = file.toAbsolutePath();
        try (FileChannel made = FileChannel.open(
                        target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly(target));
                OutputStream out = Channels.newOutputStream(made)) {
            String contents = write(target, out, database);
            made.force(true);
            return contents;
        } catch (FileAlreadyExistsException exists) {
            throw new IOException(
                    "Tried to write a backup to " + target + " but there is such a file already; name a new one.",
                    exists);
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(target);
            throw new IOException(
                    "Tried to write a backup to " + target + " but that failed (" + failed.getMessage()
                            + "); check folder, rights and free space.",
                    failed);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private String write(Path target, OutputStream out, DatabaseCopy database) throws IOException {
        TarFileWriter tar = new TarFileWriter(out, clock.instant().getEpochSecond());
        Optional<String> copied = addDatabase(tar, target.resolveSibling(target.getFileName() + ".part"), database);
        int secrets = addFolder(tar, authority) + addCredentialsKey(tar);
        tar.finish();
        return copied.map(name -> "The database " + name + " and " + secrets + " files with keys are in " + target
                        + ", which is a secret.")
                .orElse(secrets + " files with keys are in " + target
                        + ", which is a secret. The database is on a server and is not in it; dump it there too, with pg_dump"
                        + " or mariadb-dump.");
    }

    private static Optional<String> addDatabase(TarFileWriter tar, Path zip, DatabaseCopy database) throws IOException {
        try {
            return database.zip(zip) ? Optional.of(unzip(tar, zip)) : Optional.empty();
        } finally {
            Files.deleteIfExists(zip);
        }
    }

    /** The database's file out of the ZIP file, where its size may stand behind it. */
    private static String unzip(TarFileWriter tar, Path zip) throws IOException {
        Path plain = zip.resolveSibling(zip.getFileName() + ".plain");
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
            ZipEntry entry = entries.getNextEntry();
            if (entry == null) {
                throw new IOException("the copy of the database is empty");
            }
            Files.copy(entries, plain);
            String name = Path.of(entry.getName()).getFileName() + "";
            try (InputStream content = Files.newInputStream(plain)) {
                tar.add(name, Files.size(plain), content);
            }
            return name;
        } finally {
            Files.deleteIfExists(plain);
        }
    }

    private int addCredentialsKey(TarFileWriter tar) throws IOException {
        Path key = data.resolve("relay").resolve("credentials.key");
        if (!Files.isRegularFile(key)) {
            return 0;
        }
        add(tar, key);
        return 1;
    }

    private int addFolder(TarFileWriter tar, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            add(tar, file);
        }
        return files.size();
    }

    private void add(TarFileWriter tar, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        String name = data.toAbsolutePath().relativize(file.toAbsolutePath()).toString();
        tar.add(name, content.length, new ByteArrayInputStream(content));
    }
}
