package io.espalier.relay.spool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Hashes on disk, a file for each blob and chunk size: 36 bytes a chunk, its SHA-256 and a CRC-32C of index and hash, so that a torn
 * write makes a hash unknown and never wrong. Thread-safe: one thread writes at a time, and a reader sees a record whole or not at all.
 */
final class HashFiles {
    private static final int RECORD = Sha256.BYTES + Integer.BYTES;

    private final Path folder;
    private final long limitBytes;
    private long written;

    HashFiles(Path folder, long limitBytes) {
        this.folder = folder;
        this.limitBytes = limitBytes;
    }

    synchronized void write(String digest, int chunkBytes, int first, byte[] sha256) throws IOException {
        int count = sha256.length / Sha256.BYTES;
        ByteBuffer records = ByteBuffer.allocate(count * RECORD);
        for (int i = 0; i < count; i++) {
            records.put(sha256, i * Sha256.BYTES, Sha256.BYTES);
            records.putInt(check(first + i, sha256, i * Sha256.BYTES));
        }
        records.flip();
        try (FileChannel file = FileChannel.open(path(digest, chunkBytes), CREATE, WRITE)) {
            long at = (long) first * RECORD;
            while (records.hasRemaining()) {
                at += file.write(records, at);
            }
        }
        bound(records.limit());
    }

    /** What was kept, up to that many chunks; unreadable ones are unknown. */
    ChunkHashes read(String digest, int chunkBytes, int chunks) {
        ChunkHashes hashes = new ChunkHashes();
        Path path = path(digest, chunkBytes);
        if (!Files.exists(path)) {
            return hashes;
        }
        try {
            ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(path));
            byte[] hash = new byte[Sha256.BYTES];
            for (int i = 0; i < chunks && records.remaining() >= RECORD; i++) {
                records.get(hash);
                if (records.getInt() == check(i, hash, 0)) {
                    hashes.put(i, hash);
                }
            }
            Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            return hashes;
        }
        return hashes;
    }

    private Path path(String digest, int chunkBytes) {
        return folder.resolve(BlobName.hashFile(digest, chunkBytes));
    }

    private static int check(int index, byte[] from, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).flip());
        crc.update(from, offset, Sha256.BYTES);
        return (int) crc.getValue();
    }

    /** Deletes the longest unused files when there is more than the limit; looks only now and then. */
    private void bound(int more) throws IOException {
        written += more;
        if (written < limitBytes / 8) {
            return;
        }
        written = 0;
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> file.toString().endsWith(".hashes")).forEach(files::add);
        }
        files.sort(Comparator.comparingLong(HashFiles::lastUse));
        long sum = 0;
        for (Path file : files) {
            sum += Files.size(file);
        }
        for (Path file : files) {
            if (sum <= limitBytes) {
                return;
            }
            sum -= Files.size(file);
            Files.deleteIfExists(file);
        }
    }

    private static long lastUse(Path file) {
        return file.toFile().lastModified();
    }
}
