package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.spool.Offer;
import io.espalier.relay.spool.Spool;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.spool.SpooledBlob;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Loads a blob from the node's own registry into the spool, chunk by chunk, each verified, for children that want it. For one thread.
 */
final class RegistryFiller {
    private static final long ROOM_EVERY_MS = 200;
    private static final long ROOM_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final RegistryClient registry;
    private final Spool spool;
    private final Duration hashWait;
    private final BooleanSupplier needed;

    /** @param needed whether somebody still wants it */
    RegistryFiller(RegistryClient registry, Spool spool, Duration hashWait, BooleanSupplier needed) {
        this.registry = requireNonNull(registry, "registry is null");
        this.spool = requireNonNull(spool, "spool is null");
        this.hashWait = requireNonNull(hashWait, "hashWait is null");
        this.needed = requireNonNull(needed, "needed is null");
    }

    /** Answers true when it is complete, false when nobody wants it any more. */
    boolean fill(String repository, String blob, long size, int chunkBytes)
            throws TransferProblem, InterruptedException {
        RepositoryName name = RepositoryName.of(repository);
        Digest digest = Digest.of(blob);
        try (SpooledBlob spooled = open(blob, size, chunkBytes)) {
            spooled.committed();
            spooled.check();
            if (!spooled.isComplete()) {
                requireThere(name, digest, size);
            }
            boolean loaded = false;
            int known = -1;
            while (!loaded && needed.getAsBoolean() && spooled.hashesKnown() > known) {
                known = spooled.hashesKnown();
                loaded = load(name, digest, spooled, hashWait);
            }
            if (!loaded && needed.getAsBoolean()) {
                // The master's hashes are not known here (any more): the blob's own digest proves all of them.
                learnHashes(name, digest, spooled);
                load(name, digest, spooled, hashWait);
            }
            return spooled.isComplete();
        } catch (SpoolException e) {
            throw TransferProblem.of(e);
        } catch (RegistryException e) {
            throw TransferProblem.of(e);
        } catch (IOException e) {
            throw new TransferProblem(
                    Haste.SOON,
                    "Tried to read blob " + blob + " from this node's registry but " + e.getMessage() + ".");
        }
    }

    /** Waits while the spool is full of blobs that will leave it. */
    private SpooledBlob open(String blob, long size, int chunkBytes) throws SpoolException, InterruptedException {
        long deadline = System.nanoTime() + ROOM_LIMIT_NANOS;
        while (true) {
            try {
                return spool.open(blob, size, chunkBytes);
            } catch (SpoolException e) {
                if (e.code() != SpoolException.Code.NO_ROOM
                        || !needed.getAsBoolean()
                        || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(ROOM_EVERY_MS);
            }
        }
    }

    private void requireThere(RepositoryName repository, Digest digest, long size)
            throws RegistryException, TransferProblem {
        if (size > 0 && registry.blob(repository, digest, size) != BlobPresence.PROVED) {
            throw new TransferProblem(
                    Haste.SOON, "This node's registry does not deliver blob " + digest + " of " + repository + ".");
        }
    }

    /** Answers false when a hash did not come. */
    private boolean load(RepositoryName repository, Digest digest, SpooledBlob blob, Duration wait)
            throws RegistryException, IOException, TransferProblem, InterruptedException {
        int first = blob.have().nextClearBit(0);
        if (first >= blob.chunks()) {
            return true;
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(blob.chunkBytes(), blob.size()));
        long from = (long) first * blob.chunkBytes();
        try (InputStream in = registry.openBlob(repository, digest, from, blob.size())) {
            for (int i = first; i < blob.chunks() && needed.getAsBoolean(); i++) {
                read(in, chunk.clear().limit(blob.chunkLength(i)));
                Offer offer = blob.offer(i, chunk.flip(), wait);
                if (offer == Offer.NO_HASH) {
                    return false;
                }
                if (offer == Offer.WRONG) {
                    throw new TransferProblem(
                            Haste.SLOW,
                            "This node's registry delivers a wrong chunk " + i + " of blob " + digest + " of "
                                    + repository
                                    + "; it is not passed on. Delete the blob there and push the image again.");
                }
            }
        }
        return true;
    }

    private void learnHashes(RepositoryName repository, Digest digest, SpooledBlob blob)
            throws RegistryException, IOException, TransferProblem {
        ByteBuffer hashes = ByteBuffer.allocate(Math.multiplyExact(blob.chunks(), 32));
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(blob.chunkBytes(), blob.size()));
        Digest.Hasher whole = digest.newHasher();
        MessageDigest each = sha256();
        try (InputStream in = registry.openBlob(repository, digest, 0, blob.size())) {
            for (int i = 0; i < blob.chunks(); i++) {
                if (!needed.getAsBoolean()) {
                    return;
                }
                read(in, chunk.clear().limit(blob.chunkLength(i)));
                whole.update(chunk.array(), 0, chunk.position());
                each.update(chunk.array(), 0, chunk.position());
                hashes.put(each.digest());
            }
        }
        if (!whole.digest().equals(digest)) {
            throw new TransferProblem(
                    Haste.SLOW,
                    "This node's registry delivers wrong bytes for blob " + digest + " of " + repository
                            + "; they are not passed on. Delete the blob there and push the image again.");
        }
        spool.hashes(digest.toString(), blob.chunkBytes(), 0, hashes.array());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }

    private static void read(InputStream in, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            int count = in.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            if (count < 0) {
                throw new IOException("it ended too early");
            }
            into.position(into.position() + count);
        }
    }
}
