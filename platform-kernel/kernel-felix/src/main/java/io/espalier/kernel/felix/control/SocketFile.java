package io.espalier.kernel.felix.control;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A listening unix domain socket at a path. The file is made in a folder that only its owner may enter and then moved to its
 * place, so that nobody else can connect at any moment; it replaces the file of a process that is gone.
 *
 * @param key tells this file from one that another process put in its place later
 */
record SocketFile(Path path, ServerSocketChannel channel, Object key) implements AutoCloseable {
    SocketFile {
        requireNonNull(path, "path is null");
        requireNonNull(channel, "channel is null");
        requireNonNull(key, "key is null");
    }

    static SocketFile listen(Path path) throws IOException {
        refuseTaken(path);
        Path folder = requireNonNull(path.toAbsolutePath().getParent(), "socket has no folder");
        Files.createDirectories(folder);
        Path closed = Files.createTempDirectory(
                folder, ".s", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            Path made = closed.resolve("s");
            channel.bind(UnixDomainSocketAddress.of(made), 16);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            Object key = key(made);
            Files.move(made, path, ATOMIC_MOVE);
            return new SocketFile(path, channel, key);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(closed.resolve("s"));
            throw e;
        } finally {
            Files.delete(closed);
        }
    }

    /** Stops listening and removes the file unless another process has put its own there. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key(path).equals(key)) {
            Files.delete(path);
        }
    }

    private static void refuseTaken(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!attributes(path).isOther()) {
            throw new IOException(path + " is there and is no socket; move it away");
        }
        if (answers(path)) {
            throw new IOException(
                    "another kernel listens at " + path + "; stop it first or give this one another data folder");
        }
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            return false;
        }
    }

    private static Object key(Path path) throws IOException {
        return String.valueOf(attributes(path).fileKey());
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
