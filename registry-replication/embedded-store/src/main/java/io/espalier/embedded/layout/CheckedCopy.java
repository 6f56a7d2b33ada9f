package io.espalier.embedded.layout;

import static java.nio.file.StandardOpenOption.WRITE;

import io.espalier.registry.client.BlobSource;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads a blob from its source, once, hashing it while it passes. For one thread. */
final class CheckedCopy implements AutoCloseable {
    private static final int BUFFER = 128 * 1024;

    private final Digest digest;
    private final long size;
    private final InputStream source;
    private final byte[] buffer = new byte[BUFFER];

    private CheckedCopy(Digest digest, long size, InputStream source) {
        this.digest = digest;
        this.size = size;
        this.source = source;
    }

    static CheckedCopy of(Digest digest, long size, BlobSource source) throws RegistryException {
        if (size < 0) {
            throw new IllegalArgumentException("The size of " + digest + " is " + size + "; it must not be negative.");
        }
        try {
            return new CheckedCopy(digest, size, source.open());
        } catch (IOException e) {
            throw failed(digest, "could not be opened", e);
        }
    }

    /** Checks the bytes and keeps none. */
    void read() throws RegistryException {
        Digest.Hasher hasher = digest.newHasher();
        for (long left = size; left > 0; ) {
            int count = next(left);
            hasher.update(buffer, 0, count);
            left -= count;
        }
        checkEnd(hasher);
    }

    /** Writes them to a file; they are right and on disk when this returns. */
    void write(Path file) throws RegistryException, IOException {
        Digest.Hasher hasher = digest.newHasher();
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            for (long left = size; left > 0; ) {
                int count = next(left);
                hasher.update(buffer, 0, count);
                for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count); bytes.hasRemaining(); ) {
                    channel.write(bytes);
                }
                left -= count;
            }
            checkEnd(hasher);
            channel.force(true);
        }
    }

    private int next(long left) throws RegistryException {
        try {
            int count = source.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count <= 0) {
                throw RegistryException.lasting(
                        ErrorCode.SIZE_MISMATCH,
                        "The blob " + digest + " ended after " + (size - left) + " of " + size
                                + " bytes; it was not stored.");
            }
            return count;
        } catch (IOException e) {
            throw failed(digest, "could not be read after " + (size - left) + " of " + size, e);
        }
    }

    private void checkEnd(Digest.Hasher hasher) throws RegistryException {
        try {
            if (source.read() >= 0) {
                throw RegistryException.lasting(
                        ErrorCode.SIZE_MISMATCH,
                        "The blob " + digest + " has more than the announced " + size + " bytes; it was not stored.");
            }
        } catch (IOException e) {
            throw failed(digest, "could not be read after " + size, e);
        }
        Digest computed = hasher.digest();
        if (!computed.equals(digest)) {
            throw RegistryException.lasting(
                    ErrorCode.DIGEST_MISMATCH,
                    "The bytes for the blob " + digest + " hash to " + computed + "; they were not stored.");
        }
    }

    private static RegistryException failed(Digest digest, String how, IOException e) {
        boolean interrupted =
                e instanceof InterruptedIOException || Thread.currentThread().isInterrupted();
        return RegistryException.lasting(
                interrupted ? ErrorCode.INTERRUPTED : ErrorCode.SOURCE_FAILED,
                "The bytes of the blob " + digest + " " + how + ": " + e.getMessage() + ".",
                e);
    }

    @Override
    public void close() throws RegistryException {
        try {
            source.close();
        } catch (IOException e) {
            throw failed(digest, "could not be closed", e);
        }
    }
}
