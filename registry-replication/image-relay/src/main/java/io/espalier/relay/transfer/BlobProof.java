package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Reads blobs whole from the node's registry and hashes them, with one buffer and at most at a rate. For one thread. */
final class BlobProof {
    private static final int BUFFER = 64 * 1024;
    private static final double NANOS = 1e9;

    private final RegistryClient registry;
    private final long bytesPerSecond;
    private final LongConsumer progress;
    private final byte[] buffer = new byte[BUFFER];
    private final long began = System.nanoTime();
    private long read;

    /**
     * @param bytesPerSecond 0 for no limit
     * @param progress takes how many bytes were read up to now, often
     */
    BlobProof(RegistryClient registry, long bytesPerSecond, LongConsumer progress) {
        this.registry = requireNonNull(registry, "registry is null");
        this.bytesPerSecond = bytesPerSecond;
        this.progress = requireNonNull(progress, "progress is null");
    }

    /**
     * Whether the registry delivers exactly this content; where the registry is this node's own store, it gives out no longer what is
     * not.
     *
     * @throws RegistryException when it could not be read to its end
     */
    boolean isRight(RepositoryName repository, Digest digest, long size) throws RegistryException {
        Digest.Hasher hasher = digest.newHasher();
        try (InputStream in = registry.openBlob(repository, digest, 0, size)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hasher.update(buffer, 0, count);
                read += count;
                progress.accept(read);
                keepRate();
            }
        } catch (IOException e) {
            throw broken(digest, e);
        }
        boolean right = hasher.digest().equals(digest);
        if (!right) {
            registry.distrust(repository, digest);
        }
        return right;
    }

    /** All bytes that were read for all blobs. */
    long read() {
        return read;
    }

    private void keepRate() throws RegistryException {
        if (bytesPerSecond == 0) {
            return;
        }
        long due = (long) (read * NANOS / bytesPerSecond);
        try {
            TimeUnit.NANOSECONDS.sleep(due - (System.nanoTime() - began));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.lasting(ErrorCode.INTERRUPTED, "Reading blobs back was interrupted.");
        }
    }

    private static RegistryException broken(Digest digest, IOException e) {
        return e.getCause() instanceof RegistryException known
                ? known
                : RegistryException.passing(
                        ErrorCode.UNREACHABLE,
                        "Tried to read blob " + digest + " back from the registry but got '" + e.getMessage() + "'.",
                        e);
    }
}
