package io.espalier.embedded.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a store, which one process uses at a time: an OCI image layout ({@code oci-layout}, {@code index.json},
 * {@code blobs/}) with two folders more, {@code repositories/} for what each repository shows, and {@code uploads/} for what is
 * still being written.
 */
public final class LayoutFolder implements AutoCloseable {
    private static final String MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private static final Logger LOG = LoggerFactory.getLogger(LayoutFolder.class);

    private final Path root;
    private final FileChannel lockFile;

    private LayoutFolder(Path root, FileChannel lockFile) {
        this.root = root;
        this.lockFile = lockFile;
    }

    /** Makes the folder if it is missing, takes it for this process and deletes uploads that a crash has left. */
    public static LayoutFolder open(Path root) throws RegistryException {
        requireNonNull(root, "root is null");
        try {
            Files.createDirectories(root);
            LayoutFolder folder = new LayoutFolder(root, lock(root.resolve("store.lock")));
            try {
                folder.prepare();
                return folder;
            } catch (IOException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (IOException e) {
            throw DiskFaults.of("open the image store " + root, e);
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("The lock {} is held by this process.", file, e);
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another process uses it; stop that one or configure another folder");
        }
        return channel;
    }

    private void prepare() throws IOException {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Files.createDirectories(blobs(algorithm));
        }
        Files.createDirectories(uploads());
        Files.createDirectories(repositories());
        try (DirectoryStream<Path> left = Files.newDirectoryStream(uploads())) {
            for (Path file : left) {
                Files.delete(file);
                LOG.info("Deleted {}, an upload that was cut off.", file);
            }
        }
        DurableFiles.removeLeftovers(root);
        if (!Files.exists(root.resolve("oci-layout"))) {
            DurableFiles.replace(root.resolve("oci-layout"), MARKER.getBytes(UTF_8));
        }
    }

    public Path root() {
        return root;
    }

    Path index() {
        return root.resolve("index.json");
    }

    Path uploads() {
        return root.resolve("uploads");
    }

    Path repositories() {
        return root.resolve("repositories");
    }

    Path blobs(Digest.Algorithm algorithm) {
        return root.resolve("blobs").resolve(algorithm.label());
    }

    /** Safe for any digest, since its text is checked when it is made. */
    Path blob(Digest digest) {
        return blobs(digest.algorithm()).resolve(digest.hex());
    }

    /** Safe for any name, since its grammar has neither {@code ..} nor parts that begin with an underscore. */
    Path repository(RepositoryName name) {
        return repositories().resolve(name.value());
    }

    /** Lets other processes use it. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            LOG.warn("The lock of the image store {} could not be given back.", root, e);
        }
    }
}
