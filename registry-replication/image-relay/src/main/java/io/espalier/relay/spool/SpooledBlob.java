package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A hold on a blob in the spool: as long as one is open, the blob is not evicted. Several holds share the file. Thread-safe.
 *
 * <p>Only chunks whose hash was right count as there.
 */
public final class SpooledBlob implements AutoCloseable {
    private final Spool spool;
    private final BlobFile file;
    private final AtomicBoolean closed = new AtomicBoolean();

    SpooledBlob(Spool spool, BlobFile file) {
        this.spool = requireNonNull(spool, "spool is null");
        this.file = requireNonNull(file, "file is null");
    }

    public String digest() {
        return file.name().digest();
    }

    public long size() {
        return file.name().size();
    }

    /** May differ from what was asked for, when the blob was there in other chunks. */
    public int chunkBytes() {
        return file.name().chunkBytes();
    }

    public int chunks() {
        return file.name().chunks();
    }

    /** Length of a chunk; the last one may be shorter. */
    public int chunkLength(int index) {
        return file.name().length(index);
    }

    /** Proves the chunks that an earlier run left, if that has not happened; takes as long as reading them. */
    public void check() {
        file.check();
    }

    /** A copy: the chunks that are there. */
    public BitSet have() {
        return file.have();
    }

    /** Whether this chunk is there. */
    public boolean has(int index) {
        return file.has(index);
    }

    public boolean isComplete() {
        return file.isComplete();
    }

    /** How many chunk hashes have come. */
    public int hashesKnown() {
        return file.hashes().count(chunks());
    }

    /**
     * Verifies a chunk and writes it; readers are woken.
     *
     * @param data stays unread: its position does not move
     * @param hashWait how long to wait for a hash that has not come
     * @throws SpoolException when the disk is full or fails
     */
    public Offer offer(int index, ByteBuffer data, Duration hashWait) throws SpoolException, InterruptedException {
        return file.offer(index, data, hashWait.toNanos());
    }

    /** Reads a chunk that is there to the end of {@code into}; not verified again. */
    public void read(int index, ByteBuffer into) throws SpoolException {
        BlobReads.read(file, file.name(), index, into);
    }

    /** Forgets a chunk, as when it has proved wrong; it can be offered again. */
    public void drop(int index) {
        file.drop(index);
    }

    /**
     * Reads all chunks again and forgets those that are no longer right, as after a wrong digest.
     *
     * @return those that were forgotten
     */
    public BitSet recheck() {
        return file.recheck();
    }

    /** The blob in order, waiting for chunks; see {@link BlobStream}. Ends when it is aborted or the spool is closed. */
    public BlobStream stream() {
        return new BlobStream(file);
    }

    /** Calls this after every chunk that is stored, on the thread that stored it; it must not block. */
    public void whenMore(Runnable wake) {
        file.onMore(wake);
    }

    /** The blob is in the node's registry: when room is needed, such blobs go first. */
    public void committed() {
        spool.committed(file);
    }

    /** Ends the hold; idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            spool.release(file);
        }
    }

    @Override
    public String toString() {
        return file.name().file();
    }
}
