package io.espalier.testkit.registry;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A blob that is made anew from a seed each time it is written, so that it needs no memory.
 *
 * @param mediaType as in a descriptor
 * @param digest of the bytes, as {@code sha256:...}
 * @param size of the bytes
 * @param annotations as in a descriptor
 * @param content writes the bytes; the same ones each time
 */
public record SampleBlob(String mediaType, String digest, long size, Map<String, String> annotations, Content content) {
    private static final int BLOCK = 64 * 1024;

    public SampleBlob {
        requireNonNull(mediaType, "mediaType is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(content, "content is null");
        annotations = Map.copyOf(annotations);
    }

    /** What a blob holds. */
    @FunctionalInterface
    public interface Content {
        /** Writes all bytes; does not close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** These bytes. */
    public static SampleBlob of(String mediaType, byte[] bytes) {
        return measured(mediaType, out -> out.write(bytes));
    }

    /** Random bytes, as many as said. */
    public static SampleBlob random(String mediaType, long seed, long bytes) {
        return measured(mediaType, out -> writeRandom(out, seed, bytes));
    }

    /** The same with annotations. */
    public SampleBlob annotated(Map<String, String> values) {
        return new SampleBlob(mediaType, digest, size, values, content);
    }

    /** All bytes in memory; for small ones. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The digest's part after the colon. */
    public String hex() {
        return digest.substring(digest.indexOf(':') + 1);
    }

    static SampleBlob measured(String mediaType, Content content) {
        DigestCounter counter = DigestCounter.of(content);
        return new SampleBlob(mediaType, counter.digest(), counter.bytes(), Map.of(), content);
    }

    /** A tar file with one file {@code layer-<seed>.bin} of random bytes. */
    static Content tarOfRandom(long seed, long bytes) {
        return out -> {
            TarWriter tar = new TarWriter(out);
            tar.file("layer-" + seed + ".bin", bytes, body -> writeRandom(body, seed, bytes));
            tar.finish();
        };
    }

    /** The same in gzip's framing, without compression, which random bytes do not yield to anyway. */
    static Content gzip(Content content) {
        return out -> {
            GZIPOutputStream gzip = new GZIPOutputStream(out, BLOCK) {
                {
                    def.setLevel(Deflater.NO_COMPRESSION);
                }
            };
            content.writeTo(gzip);
            gzip.finish();
        };
    }

    private static void writeRandom(OutputStream out, long seed, long bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[BLOCK];
        for (long left = bytes; left > 0; left -= block.length) {
            random.nextBytes(block);
            out.write(block, 0, (int) Math.min(left, block.length));
        }
    }
}
