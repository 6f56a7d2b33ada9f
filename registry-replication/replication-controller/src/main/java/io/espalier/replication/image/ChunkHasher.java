package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.replication.image.ImageClosure.BlobRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hashes chunks while it reads blobs from the master's registry, each blob once; what was read whole and has its digest is kept on
 * disk. Needs memory for one chunk and the blob's hashes. Thread-safe.
 */
public final class ChunkHasher implements HashSource {
    private static final int HASH = 32;
    private static final int MAX_BATCH = 256;
    /** The first chunks are wanted soon, so that nodes can begin. */
    private static final int FIRST_BATCH = 4;

    private final RegistryClient registry;
    private final HashFiles files;
    private final Set<String> reading = new HashSet<>();
    private final LongAdder bytesRead = new LongAdder();

    /**
     * A hasher.
     *
     * @param folder of its own
     * @param maxBytes of hashes kept, 32 for a chunk
     */
    public ChunkHasher(RegistryClient registry, Path folder, long maxBytes) throws IOException {
        this.registry = requireNonNull(registry, "registry is null");
        this.files = new HashFiles(folder, maxBytes);
    }

    /** Bytes of blobs that were read to hash them. */
    public long bytesRead() {
        return bytesRead.sum();
    }

    @Override
    public void hash(String repository, BlobRef blob, int chunkBytes, Sink sink) throws ImageException {
        String key = blob.digest() + "-" + chunkBytes;
        begin(key);
        try {
            long chunks = (blob.size() + chunkBytes - 1) / chunkBytes;
            Optional<byte[]> kept = files.read(blob.digest(), chunkBytes, chunks * HASH);
            if (kept.isPresent()) {
                give(kept.get(), sink);
            } else {
                read(new ImageName(repository, blob.digest()), blob, chunkBytes, sink);
            }
        } finally {
            end(key);
        }
    }

    /** Waits while another thread reads the same blob, and then finds its hashes on disk. */
    private synchronized void begin(String key) throws ImageException {
        try {
            while (!reading.add(key)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(ImageException.Code.UNREADABLE, "Hashing " + key + " was interrupted.", e);
        }
    }

    private synchronized void end(String key) {
        reading.remove(key);
        notifyAll();
    }

    private static void give(byte[] hashes, Sink sink) {
        int chunks = hashes.length / HASH;
        for (int first = 0; first < chunks; first += MAX_BATCH) {
            int end = Math.min(chunks, first + MAX_BATCH);
            if (!sink.hashes(first, Arrays.copyOfRange(hashes, first * HASH, end * HASH))) {
                return;
            }
        }
    }

    private void read(ImageName name, BlobRef blob, int chunkBytes, Sink sink) throws ImageException {
        Digest digest = Digest.of(blob.digest());
        Digest.Hasher whole = digest.newHasher();
        MessageDigest each = sha256();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int given = 0;
        int batch = FIRST_BATCH;
        try (InputStream in = open(name, digest, blob.size())) {
            byte[] chunk = new byte[(int) Math.min(chunkBytes, Math.max(1, blob.size()))];
            for (long at = 0; at < blob.size(); at += chunk.length) {
                int length = (int) Math.min(chunk.length, blob.size() - at);
                if (in.readNBytes(chunk, 0, length) < length) {
                    throw wrong(name, "it ends before its " + blob.size() + " bytes are there");
                }
                bytesRead.add(length);
                whole.update(chunk, 0, length);
                each.update(chunk, 0, length);
                all.writeBytes(each.digest());
                if (all.size() / HASH - given >= batch) {
                    if (!flush(all, given, sink)) {
                        return;
                    }
                    given = all.size() / HASH;
                    batch = Math.min(MAX_BATCH, batch * 2);
                }
            }
        } catch (RegistryException e) {
            throw ImageException.of(name, e);
        } catch (IOException e) {
            throw new ImageException(
                    ImageException.Code.UNREADABLE,
                    "Tried to read " + name + " from the master's registry but " + e.getMessage() + ".",
                    e);
        }
        if (!whole.digest().equals(digest)) {
            throw wrong(name, "its bytes do not have that digest");
        }
        if (flush(all, given, sink)) {
            files.write(blob.digest(), chunkBytes, all.toByteArray());
        }
    }

    private InputStream open(ImageName name, Digest digest, long size) throws RegistryException {
        return size == 0 ? InputStream.nullInputStream() : registry.openBlob(name.inRegistry(), digest, 0, size);
    }

    private static boolean flush(ByteArrayOutputStream all, int given, Sink sink) {
        byte[] hashes = all.toByteArray();
        return hashes.length == given * HASH
                || sink.hashes(given, Arrays.copyOfRange(hashes, given * HASH, hashes.length));
    }

    private static ImageException wrong(ImageName name, String why) {
        return ImageException.refused(
                "Tried to read blob " + name + " from the master's registry but " + why + "; push the image again.");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256; use a complete JDK.", e);
        }
    }
}
