package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.ProvedContent;
import io.espalier.relay.spool.SpoolException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A blob from its beginning, in order, as its chunks come: a read waits for the next chunk. Each chunk was proved in this run,
 * when it came or when the spool was opened with it; whether the whole has its digest is for the registry to say. For one reader; {@link #abort} is for any thread.
 */
public final class BlobStream extends InputStream implements ProvedContent {
    private final BlobFile file;
    private long position;
    private volatile @Nullable String aborted;

    BlobStream(BlobFile file) {
        this.file = requireNonNull(file, "file is null");
    }

    /** Ends the stream: a read that waits, and every later one, throws with this reason. */
    public void abort(String reason) {
        aborted = requireNonNull(reason, "reason is null");
        file.wakeAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        BlobName name = file.name();
        if (position == name.size()) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        int index = (int) (position / name.chunkBytes());
        await(index);
        int at = (int) (position - name.start(index));
        int count = Math.min(length, name.length(index) - at);
        file.read(index, at, ByteBuffer.wrap(into, offset, count));
        position += count;
        return count;
    }

    private void await(int index) throws IOException {
        try {
            if (!file.await(index, () -> aborted != null)) {
                String reason = aborted;
                throw new SpoolException(
                        Code.ENDED,
                        reason == null
                                ? "The spool has given up blob " + file.name().digest() + "."
                                : reason);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Reading blob " + file.name().digest() + " was interrupted.");
        }
    }
}
