package io.espalier.registry.client;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.BodyReader;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob for sending and hashes it, unless it is {@link ProvedContent}; the last piece is given out only if size and digest are
 * right.
 */
final class CheckedBody implements BodyReader {
    /** With what is on the way this has to fit into the survivors of a young generation of few megabytes. */
    private static final int SLAB = 64 * 1024;

    private static final int LEAST_ROOM = 8 * 1024;
    /**
     * Without TLS the JDK's client asks for a piece when it hands the one before to the socket, and does that when the socket has taken
     * the one before that: of three pieces the oldest is sent. With so many slabs there is room for a client that reads further ahead.
     */
    private static final int RING = 6;

    private static final int RING_SLAB = 128 * 1024;

    private final InputStream source;
    private final Digest digest;
    private final long size;
    private final Digest.@Nullable Hasher hasher;
    private final byte[][] ring = new byte[RING][];
    private boolean reusing;
    private int next;
    private long read;
    private byte[] slab = new byte[0];
    private int used;

    CheckedBody(InputStream source, Digest digest, long size) {
        this.source = source;
        this.digest = digest;
        this.size = size;
        this.hasher = source instanceof ProvedContent ? null : digest.newHasher();
    }

    /**
     * From now on each piece is in one of a few slabs that are written again when enough others were given out.
     *
     * @param plain whether the bytes go to the socket as they are; a client that ciphers keeps pieces longer
     */
    void reuse(boolean plain) {
        reusing = plain;
        slab = new byte[0];
        used = 0;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public @Nullable ByteBuffer next() throws RegistryException {
        return next(Long.MAX_VALUE);
    }

    /** The same with at most so many bytes. */
    @Nullable
    ByteBuffer next(long most) throws RegistryException {
        if (read == size) {
            return null;
        }
        if (reusing) {
            slab = nextOfRing();
            used = 0;
        } else if (slab.length - used < LEAST_ROOM) {
            // Pieces wait to be sent, so their bytes are never written again.
            slab = new byte[(int) Math.min(SLAB, size - read)];
            used = 0;
        }
        int count = fill((int) Math.min(most, Math.min(slab.length - used, size - read)));
        ByteBuffer piece = ByteBuffer.wrap(slab, used, count).slice();
        if (hasher != null) {
            hasher.update(slab, used, count);
        }
        used += count;
        read += count;
        if (read == size) {
            checkEnd();
        }
        return piece;
    }

    /** Checks content without a byte, of which no piece is ever read. */
    void checkEmpty() throws RegistryException {
        checkEnd();
    }

    private byte[] nextOfRing() {
        byte[] chosen = ring[next];
        if (chosen == null) {
            chosen = new byte[(int) Math.min(RING_SLAB, size - read)];
            ring[next] = chosen;
        }
        next = (next + 1) % RING;
        return chosen;
    }

    private int fill(int most) throws RegistryException {
        try {
            int count = source.read(slab, used, most);
            if (count <= 0) {
                throw RegistryException.lasting(
                        ErrorCode.SIZE_MISMATCH,
                        "The blob " + digest + " ended after " + read + " of " + size + " bytes; it was not pushed.");
            }
            return count;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void checkEnd() throws RegistryException {
        try {
            if (source.read() >= 0) {
                throw RegistryException.lasting(
                        ErrorCode.SIZE_MISMATCH,
                        "The blob " + digest + " has more than the announced " + size + " bytes; it was not pushed.");
            }
        } catch (IOException e) {
            throw failed(e);
        }
        if (hasher == null) {
            return;
        }
        Digest computed = hasher.digest();
        if (!computed.equals(digest)) {
            throw RegistryException.lasting(
                    ErrorCode.DIGEST_MISMATCH,
                    "The bytes for the blob " + digest + " hash to " + computed + "; they were not pushed.");
        }
    }

    private RegistryException failed(IOException e) {
        return RegistryException.lasting(
                ErrorCode.SOURCE_FAILED,
                "The bytes of the blob " + digest + " could not be read after " + read + " of " + size + ": "
                        + e.getMessage() + ".",
                e);
    }
}
