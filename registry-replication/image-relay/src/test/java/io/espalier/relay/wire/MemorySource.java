package io.espalier.relay.wire;

import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.protocol.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Blobs whose bytes follow from their place; what is there is decided by the test. */
public final class MemorySource implements ChunkSource {
    private final Map<String, Blob> blobs = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    /** The digest of test blob number n; nobody looks at the hash here. */
    public static String digest(int n) {
        return "sha256:" + String.format("%064x", n);
    }

    /** Byte {@code at} of every blob. */
    public static byte byteAt(long at) {
        return (byte) (at * 31 + (at >> 11));
    }

    public Blob add(String digest, int chunks) {
        Blob blob = new Blob();
        blob.there.set(0, chunks);
        blobs.put(digest, blob);
        return blob;
    }

    public int openBlobs() {
        return open.get();
    }

    @Override
    public Optional<ReadableBlob> open(String repository, String digest, long size, int chunkBytes) {
        Blob blob = blobs.get(digest);
        if (blob == null) {
            return Optional.empty();
        }
        open.incrementAndGet();
        return Optional.of(new Reader(blob, chunkBytes));
    }

    @Override
    public ChunkSource forChild(NodeId child) {
        return this;
    }

    @Override
    public void complained(String blob, int chunkBytes, int index) {}

    /** One blob. */
    public static final class Blob {
        private final BitSet there = new BitSet();
        private final List<Runnable> wakes = new CopyOnWriteArrayList<>();
        private volatile @Nullable String broken;

        public void more(int index) {
            synchronized (there) {
                there.set(index);
            }
            wakes.forEach(Runnable::run);
        }

        public void breakWith(String reason) {
            broken = reason;
            wakes.forEach(Runnable::run);
        }
    }

    private final class Reader implements ReadableBlob {
        private final Blob blob;
        private final int chunkBytes;

        Reader(Blob blob, int chunkBytes) {
            this.blob = blob;
            this.chunkBytes = chunkBytes;
        }

        @Override
        public int next(BitSet sent) throws IOException {
            String reason = blob.broken;
            if (reason != null) {
                throw new IOException(reason);
            }
            synchronized (blob.there) {
                BitSet left = (BitSet) blob.there.clone();
                left.andNot(sent);
                return left.nextSetBit(0);
            }
        }

        @Override
        public void read(int index, ByteBuffer into) {
            long at = (long) index * chunkBytes;
            while (into.hasRemaining()) {
                into.put(byteAt(at++));
            }
        }

        @Override
        public void whenMore(Runnable wake) {
            blob.wakes.add(wake);
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
