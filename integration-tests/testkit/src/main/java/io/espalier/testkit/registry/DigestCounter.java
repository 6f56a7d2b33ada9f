package io.espalier.testkit.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts and hashes what is written to it, and throws it away. */
final class DigestCounter extends OutputStream {
    private final MessageDigest hash;
    private long bytes;

    private DigestCounter() {
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    static DigestCounter of(SampleBlob.Content content) {
        DigestCounter counter = new DigestCounter();
        try {
            content.writeTo(counter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return counter;
    }

    static String digest(byte[] content) {
        return of(out -> out.write(content)).digest();
    }

    @Override
    public void write(int b) {
        hash.update((byte) b);
        bytes++;
    }

    @Override
    public void write(byte[] block, int offset, int length) {
        hash.update(block, offset, length);
        bytes += length;
    }

    long bytes() {
        return bytes;
    }

    /** To be called once. */
    String digest() {
        return "sha256:" + HexFormat.of().formatHex(hash.digest());
    }
}
