package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes of blobs whose digest was verified, one file for a digest and chunk size; those used longest ago go first when there are
 * too many bytes. Thread-safe. Losing a file costs one more reading of the blob.
 */
final class HashFiles {
    private static final Logger LOG = LoggerFactory.getLogger(HashFiles.class);
    private static final String SUFFIX = ".hashes";

    private final Path folder;
    private final long maxBytes;

    HashFiles(Path folder, long maxBytes) throws IOException {
        this.folder = requireNonNull(folder, "folder is null");
        this.maxBytes = maxBytes;
        Files.createDirectories(folder);
        DurableFiles.removeLeftovers(folder);
    }

    /** Hashes of a blob, if they are there and as many as there must be. */
    Optional<byte[]> read(String digest, int chunkBytes, long hashBytes) {
        Path file = file(digest, chunkBytes);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != hashBytes) {
                return Optional.empty();
            }
            byte[] hashes = Files.readAllBytes(file);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return hashes.length == hashBytes ? Optional.of(hashes) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("Hashes in {} cannot be read, so their blob is read again: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** Keeps hashes; when that fails they are made anew the next time. */
    synchronized void write(String digest, int chunkBytes, byte[] hashes) {
        try {
            DurableFiles.replace(file(digest, chunkBytes), hashes);
            makeRoom();
        } catch (IOException e) {
            LOG.warn("Hashes of {} cannot be kept in {}: {}", digest, folder, e.toString());
        }
    }

    private void makeRoom() throws IOException {
        record Kept(Path file, long bytes, FileTime used) {}
        List<Kept> files = new ArrayList<>();
        try (Stream<Path> found = Files.list(folder)) {
            for (Path file : found.toList()) {
                files.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
            }
        }
        long bytes = files.stream().mapToLong(Kept::bytes).sum();
        files.sort(Comparator.comparing(Kept::used));
        for (Kept oldest : files) {
            if (bytes <= maxBytes) {
                return;
            }
            Files.deleteIfExists(oldest.file());
            bytes -= oldest.bytes();
        }
    }

    private Path file(String digest, int chunkBytes) {
        return folder.resolve(digest.replace(':', '-') + "-" + chunkBytes + SUFFIX);
    }
}
