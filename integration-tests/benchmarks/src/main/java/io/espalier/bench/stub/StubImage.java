package io.espalier.bench.stub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.relay.feed.ChunkSource;
import io.espalier.relay.feed.ReadableBlob;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * An image of one layer whose chunks are one block of random bytes, each with its own number in front: made in memory as they are
 * asked for. Immutable.
 */
final class StubImage implements ChunkSource {
    static final int CHUNK = Transfer.MAX_CHUNK_BYTES;
    private static final String REPOSITORY = "bench/big";

    private final int number;
    private final long size;
    private final byte[] block = new byte[CHUNK];
    private final byte[] config;
    private final byte[] hashes;
    private final String layer;
    private final Runnable firstRead;

    /** @param firstRead called when the first chunk of the layer is read, each time */
    StubImage(int number, long size, Runnable firstRead) {
        this.number = number;
        this.size = size;
        this.firstRead = firstRead;
        new SplittableRandom(7).nextBytes(block);
        config = ("{\"number\":" + number + "}").getBytes(UTF_8);
        hashes = new byte[chunks() * 32];
        MessageDigest whole = sha256();
        MessageDigest part = sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (int i = 0; i < chunks(); i++) {
            write(i, chunk.clear().limit(length(i)));
            whole.update(chunk.flip());
            System.arraycopy(part.digest(copy(chunk)), 0, hashes, i * 32, 32);
        }
        layer = name(whole.digest());
    }

    private static byte[] copy(ByteBuffer chunk) {
        byte[] bytes = new byte[chunk.limit()];
        chunk.rewind().get(bytes);
        return bytes;
    }

    String id() {
        return "pass-" + number;
    }

    String repository() {
        return REPOSITORY;
    }

    String layer() {
        return layer;
    }

    long size() {
        return size;
    }

    int chunks() {
        return Math.toIntExact((size + CHUNK - 1) / CHUNK);
    }

    /** SHA-256 of each chunk of the layer. */
    byte[] hashes() {
        return hashes.clone();
    }

    /** SHA-256 of the configuration, which is one chunk. */
    byte[] configHash() {
        return sha256().digest(config);
    }

    String configDigest() {
        return name(configHash());
    }

    Transfer transfer() {
        byte[] manifest =
                """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}\
                """.formatted(configDigest(), config.length, layer, size).getBytes(UTF_8);
        String digest = name(sha256().digest(manifest));
        return new Transfer(
                id(),
                REPOSITORY,
                List.of(new BlobPart(configDigest(), config.length, List.of()), new BlobPart(layer, size, List.of())),
                List.of(new ManifestPart(digest, "application/vnd.oci.image.manifest.v1+json", manifest)),
                List.of(new TagPart("v" + number, digest, number)),
                CHUNK,
                5,
                0);
    }

    private int length(int index) {
        return (int) Math.min(CHUNK, size - (long) index * CHUNK);
    }

    private void write(int index, ByteBuffer into) {
        int begin = into.position();
        into.put(block, 0, length(index));
        into.putInt(begin, number).putInt(begin + Integer.BYTES, index);
    }

    /** Whether a chunk begins as this layer's chunk of that index does; the relay in between has proved it whole. */
    boolean isChunk(int index, ByteBuffer data) {
        return data.remaining() == length(index)
                && data.getInt(data.position()) == number
                && data.getInt(data.position() + Integer.BYTES) == index;
    }

    @Override
    public Optional<ReadableBlob> open(String repository, String blob, long bytes, int chunkBytes) {
        if (blob.equals(layer) && chunkBytes == CHUNK) {
            return Optional.of(new Reader(chunks(), this::readLayer));
        }
        return blob.equals(configDigest())
                ? Optional.of(new Reader(1, (index, into) -> into.put(config)))
                : Optional.empty();
    }

    private void readLayer(int index, ByteBuffer into) {
        if (index == 0) {
            firstRead.run();
        }
        write(index, into);
    }

    @Override
    public ChunkSource forChild(NodeId child) {
        return this;
    }

    @Override
    public void complained(String blob, int chunkBytes, int index) {
        throw new IllegalStateException("Chunk " + index + " of " + blob + " came wrong to the relay.");
    }

    private interface Bytes {
        void read(int index, ByteBuffer into);
    }

    private record Reader(int chunks, Bytes bytes) implements ReadableBlob {
        @Override
        public int next(BitSet sent) {
            int index = sent.nextClearBit(0);
            return index < chunks ? index : -1;
        }

        @Override
        public void read(int index, ByteBuffer into) {
            bytes.read(index, into);
        }

        @Override
        public void whenMore(Runnable wake) {
            // All is there from the beginning.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static String name(byte[] hash) {
        return "sha256:" + HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
