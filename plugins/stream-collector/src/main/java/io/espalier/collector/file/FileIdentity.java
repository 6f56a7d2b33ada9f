package io.espalier.collector.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Tells files apart whatever they are called: device and inode, as the file system writes them.
 *
 * <p>An inode is used again soon after its file is deleted, so an identity counts only together with a {@link Fingerprint}.
 */
public record FileIdentity(String key) {
    public FileIdentity {
        requireNonNull(key, "key is null");
    }

    /** The identity of the file behind the path, links followed. */
    public static FileIdentity of(Path path) throws IOException {
        return of(path, Files.readAttributes(path, BasicFileAttributes.class));
    }

    /** The identity in attributes that were read with links followed; a file system without keys is known by its paths. */
    public static FileIdentity of(Path path, BasicFileAttributes attributes) throws IOException {
        Object key = attributes.fileKey();
        return new FileIdentity(
                key != null ? key.toString() : "path=" + path.toRealPath().toString());
    }
}
