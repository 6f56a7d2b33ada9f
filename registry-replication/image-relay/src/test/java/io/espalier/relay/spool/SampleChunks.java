package io.espalier.relay.spool;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** A blob of random bytes in chunks. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SampleChunks(byte[] bytes, int chunkBytes) {
    static SampleChunks random(long seed, int size, int chunkBytes) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return new SampleChunks(bytes, chunkBytes);
    }

    int count() {
        return (bytes.length + chunkBytes - 1) / chunkBytes;
    }

    String digest() {
        MessageDigest digest = Sha256.start();
        return "sha256:" + HexFormat.of().formatHex(digest.digest(bytes));
    }

    ByteBuffer chunk(int index) {
        return ByteBuffer.wrap(
                Arrays.copyOfRange(bytes, index * chunkBytes, Math.min(bytes.length, (index + 1) * chunkBytes)));
    }

    byte[] hashes(int first, int end) {
        ByteBuffer all = ByteBuffer.allocate(Sha256.BYTES * (end - first));
        for (int i = first; i < end; i++) {
            all.put(Sha256.of(chunk(i)));
        }
        return all.array();
    }

    byte[] hashes() {
        return hashes(0, count());
    }
}
